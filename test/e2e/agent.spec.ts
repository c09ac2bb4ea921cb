/**
 * The agent as a process: polls, answers on its socket, goes when told to, dies. No rack may notice its coming and going.
 * The tests of one `describe` are one story and run in order.
 */
import { renameSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { type AgentProcess, sweep } from '../../scripts/sandbox/index.js';
import { nginxImage, tinyImage, webPort } from '../support/images.js';
import { footprintOf, tinyRack, webRack } from '../support/racks.js';
import { eventually, httpGet, Rig, Watcher } from '../support/rig.js';

type Image = { readonly file: string; readonly sha256: string };

describe('the agent', function () {
  this.timeout(90_000);
  let rig: Rig;
  let agent: AgentProcess;
  let port: number;
  let v1: Image;
  let v2: Image;
  let tiny: Image;

  before(async () => {
    rig = await Rig.create();
    port = await webPort();
    const listen = `127.0.0.1:${port}`;
    v1 = rig.putImage(await nginxImage('1.0', { listen }));
    v2 = rig.putImage(await nginxImage('2.0', { listen }));
    tiny = rig.putImage(await tinyImage('tiny', '1.0'));
  });
  after(() => rig.dispose());

  const look = () => Promise.all(['web', 'notes'].map((name) => footprintOf(rig, name)));
  const web = (image: Image, bake = '200ms') => ({
    'racks/web.yaml': webRack('web', image, port, { rollout: { bake } }),
  });
  const isReady = (name: string, revision: string) =>
    eventually(`"${name}" ready`, async () => {
      const status = await rig.status();
      const rack = status.racks.find((item) => item.name === name);
      return status.revision === revision && rack?.condition === 'Ready' && rack.health !== 'unhealthy';
    });

  it('applies what is merged, without being asked', async () => {
    const revision = rig.commit({ ...web(v1), 'racks/notes.yaml': tinyRack('notes', tiny) }, 'two racks');
    agent = rig.startAgent();
    await isReady('web', revision);
    await isReady('notes', revision);
    expect((await httpGet(`http://127.0.0.1:${port}/version`)).body).to.equal('1.0\n');
  });

  it('runs a pass at once when sync asks it', async () => {
    const revision = rig.commit(web(v2), 'web 2.0');
    const sync = await rig.sync(0);
    expect(sync.json).to.include({ revision, trigger: 'sync' });
    expect((await httpGet(`http://127.0.0.1:${port}/version`)).body).to.equal('2.0\n');
  });

  it('is alone: a second agent is refused and says who is there', async () => {
    const second = rig.startAgent();
    expect(await second.ended).to.equal(4);
    expect(rig.agentLog()).to.contain('E_LOCKED').and.contain(String(agent.pid));
    expect(agent.isRunning).to.equal(true);
  });

  it('does what suspend, resume and retry ask', async () => {
    for (const [command, condition] of [
      ['suspend', 'Suspended'],
      ['resume', 'Ready'],
      ['retry', 'Ready'],
    ] as const) {
      expect((await rig.rackops([command, 'notes'])).exitCode, command).to.equal(0);
      expect((await rig.rack('notes')).condition, command).to.equal(condition);
    }
  });

  it('ends within a second when told to, and no rack notices; nor when it comes back', async () => {
    const before = await look();
    const startedAt = performance.now();
    expect(await agent.stop()).to.equal(0);
    expect(performance.now() - startedAt).to.be.lessThan(5_000);
    expect(await look()).to.deep.equal(before);
    agent = rig.startAgent();
    await rig.agentAnswers();
    await rig.sync(0);
    expect(await look()).to.deep.equal(before);
  });

  it('is killed, and no rack notices', async () => {
    const before = await look();
    await agent.stop('SIGKILL');
    agent = rig.startAgent();
    await rig.agentAnswers();
    await rig.sync(0);
    expect(await look()).to.deep.equal(before);
    const { services } = await rig.rack('web');
    expect(services.map((service) => service.restarts)).to.deep.equal([0]);
  });

  for (const [signal, exitCode] of [
    ['SIGTERM', 0],
    ['SIGKILL', null],
  ] as const) {
    it(`leaves a rollout to the next agent on ${signal}: continued, not begun again, no request lost`, async () => {
      const image = signal === 'SIGTERM' ? v1 : v2;
      const client = new Watcher(`http://127.0.0.1:${port}/version`, 10);
      const revision = rig.commit(web(image, '3s'), `slow rollout to ${image.file}`);
      const pid = await eventually('the new version baking', async () => {
        const wanted = image === v1 ? '1.0\n' : '2.0\n';
        const { body } = await httpGet(`http://127.0.0.1:${port}/version`);
        return body === wanted ? rig.pidOf('web', 'main') : null;
      });
      const startedAt = performance.now();
      expect(await agent.stop(signal)).to.equal(exitCode);
      expect(performance.now() - startedAt).to.be.lessThan(5_000);
      expect(await rig.rack('web')).to.include({ condition: 'Reconciling' });
      agent = rig.startAgent();
      await isReady('web', revision);
      expect(await rig.pidOf('web', 'main')).to.equal(pid);
      expect((await rig.rack('web')).services[0]?.restarts).to.equal(0);
      const seen = await client.stop();
      expect(seen.failed, JSON.stringify(seen)).to.equal(0);
    });
  }

  it('goes on while the repository is away, and applies what it missed', async () => {
    const before = await look();
    const { bare } = rig.repository;
    renameSync(bare, `${bare}.away`);
    await eventually('the failure in the log', async () => rig.agentLog().includes('"event":"SourceFailed"'));
    expect((await rig.rack('web')).condition).to.equal('Ready');
    expect(await look()).to.deep.equal(before);
    renameSync(`${bare}.away`, bare);
    const revision = rig.commit({ 'racks/third.yaml': tinyRack('third', tiny) }, 'third');
    await isReady('third', revision);
  });

  it('brings everything up from what was applied after a boot with the repository away', async () => {
    const racks = (await rig.status()).racks.map((rack) => rack.name);
    await agent.stop('SIGKILL');
    const swept = await sweep(rig.directory, [rig.run]);
    expect(swept).not.to.deep.equal([]);
    rmSync(rig.run, { recursive: true });
    const { bare } = rig.repository;
    renameSync(bare, `${bare}.away`);
    const failed = (await rig.status()).racks.map((rack) => rack.condition);
    expect(failed).not.to.include('Ready');
    await rig.sync(1);
    const after = await rig.status();
    expect(after.racks.map((rack) => `${rack.name} ${rack.condition}`)).to.deep.equal(
      racks.map((name) => `${name} Ready`),
    );
    expect((await httpGet(`http://127.0.0.1:${port}/version`)).status).to.equal(200);
    renameSync(`${bare}.away`, bare);
    await rig.sync(0);
  });
});
