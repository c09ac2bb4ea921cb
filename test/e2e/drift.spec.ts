/** What happens to a host behind the agent's back: seen at the next pass, healed, and told. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { processesNaming } from '../../scripts/sandbox/index.js';
import { type BuiltImage, nginxImage, tinyImage, webPort } from '../support/images.js';
import { footprintOf, tinyRack, webRack } from '../support/racks.js';
import { eventually, httpGet, Rig } from '../support/rig.js';

type Image = Pick<BuiltImage, 'file' | 'sha256'>;

describe('drift', function () {
  this.timeout(60_000);
  let rig: Rig;
  let port: number;
  let images: readonly [Image, Image, Image];

  before(async () => {
    rig = await Rig.create();
    port = await webPort();
    const listen = `127.0.0.1:${port}`;
    images = [
      rig.putImage(await nginxImage('1.0', { listen })),
      rig.putImage(await nginxImage('2.0', { listen })),
      rig.putImage(await tinyImage('tiny', '1.0')),
    ];
    rig.commit({ ...web(0), 'racks/other.yaml': tinyRack('other', images[2]) }, 'two racks');
    await rig.sync(0);
  });
  after(() => rig.dispose());

  const web = (index: 0 | 1) => ({ 'racks/web.yaml': webRack('web', images[index], port) });
  const answer = async () => (await httpGet(`http://127.0.0.1:${port}/version`)).body;
  const lastHealed = async (): Promise<string> => {
    const { stdout } = await rig.rackops(['history', 'web', '-n', '1']);
    return stdout;
  };

  it('restarts a service that somebody killed, without a pass', async () => {
    const pid = await rig.pidOf('web', 'main');
    process.kill(pid, 'SIGKILL');
    await eventually('another pid', async () => (await rig.pidOf('web', 'main')) !== pid, 5_000);
    expect(await answer()).to.equal('1.0\n');
    await rig.sync(0);
    expect((await rig.rack('web')).services[0]?.restarts).to.equal(1);
  });

  it('comes back when its keeper was killed, and the history says drift', async () => {
    const keeper = processesNaming(rig.run).find((item) => item.command.includes('keeper'));
    expect(keeper, 'a keeper').not.to.equal(undefined);
    process.kill(keeper?.pid ?? 0, 'SIGKILL');
    await rig.sync(0);
    expect(await answer()).to.equal('1.0\n');
    expect(await lastHealed())
      .to.contain('healed')
      .and.contain('Drift');
    expect((await rig.rack('web')).condition).to.equal('Ready');
    const before = await footprintOf(rig, 'web');
    await rig.sync(0);
    expect(await footprintOf(rig, 'web'), 'healed once').to.deep.equal(before);
  });

  it('mounts a tree again that somebody unmounted, and leaves the other rack alone', async () => {
    const other = await footprintOf(rig, 'other');
    // The services live in namespaces of their own: the host's view can go without them.
    execFileSync('umount', [`${rig.root}/active/web`]);
    const status = await rig.rack('web');
    expect(status).to.include({ condition: 'Failed', reason: 'NotMounted' });
    expect((await rig.rackops(['plan'])).exitCode).to.equal(2);
    await rig.sync(0);
    expect(await answer()).to.equal('1.0\n');
    expect(await lastHealed()).to.contain('Drift');
    expect(await footprintOf(rig, 'other')).to.deep.equal(other);
  });

  it('does not swap a tree that somebody works in: names him, touches nothing, and goes on when he has left', async () => {
    const before = await footprintOf(rig, 'web');
    const visitor = spawn('sleep', ['300'], { cwd: `${rig.root}/active/web`, stdio: 'ignore' });
    await once(visitor, 'spawn');
    rig.commit(web(1), 'web 2.0');
    const refused = await rig.sync(1);
    expect(refused.stdout).to.contain(`pid ${visitor.pid} sleep (cwd)`);
    expect(await footprintOf(rig, 'web')).to.deep.equal(before);
    expect(await rig.rack('web')).to.include({ condition: 'Failed', reason: 'Busy' });
    expect((await rig.rack('web')).quarantined, 'not the fault of the version').to.deep.equal([]);
    visitor.kill('SIGKILL');
    await once(visitor, 'exit');
    await rig.sync(0);
    expect(await answer()).to.equal('2.0\n');
  });

  it('does not mount over a tree that lives on in another mount namespace', async () => {
    const hider = spawn('unshare', ['--mount', '--propagation', 'private', 'sleep', '300'], {
      stdio: 'ignore',
    });
    await eventually('a namespace of its own', async () =>
      readFileSync(`/proc/${hider.pid}/comm`, 'utf8').includes('sleep'),
    );
    rig.commit(web(0), 'web 1.0');
    const refused = await rig.sync(1);
    expect(refused.stdout).to.contain(`pid ${hider.pid} sleep (mount namespace)`);
    expect(await answer()).to.equal('2.0\n');
    hider.kill('SIGKILL');
    await once(hider, 'exit');
    await rig.sync(0);
    expect(await answer()).to.equal('1.0\n');
  });

  it('takes over a lock file whose holder is gone, at once', async () => {
    writeFileSync(
      `${rig.run}/lock`,
      JSON.stringify({ pid: process.pid, command: 'sync', since: '', bootId: 'x' }),
    );
    const startedAt = performance.now();
    await rig.sync(0, '--lock-timeout', '1s');
    expect(performance.now() - startedAt).to.be.lessThan(20_000);
  });

  it('waits for a lock no longer than it was told, and says who holds it: exit 4', async () => {
    const holder = spawn('flock', [`${rig.run}/lock`, 'sleep', '300'], { stdio: 'ignore', detached: true });
    await eventually('the lock held', async () => {
      const { exitCode } = await rig.rackops(['sync', '--lock-timeout', '100ms']);
      return exitCode === 4;
    });
    const refused = await rig.rackops(['sync', '--lock-timeout', '100ms']);
    expect(refused.stderr).to.contain('E_LOCKED');
    process.kill(-(holder.pid ?? 0), 'SIGKILL');
    await once(holder, 'exit');
    await rig.sync(0);
  });

  it('reads the previous copy of a document that is damaged, and refuses one of a newer version', async () => {
    const before = await footprintOf(rig, 'web');
    const file = `${rig.state}/racks/web.json`;
    const good = readFileSync(file);
    for (const [what, damaged] of [
      ['empty', Buffer.alloc(0)],
      ['half', good.subarray(0, good.length / 2)],
      ['full of zeros', Buffer.alloc(good.length)],
    ] as const) {
      writeFileSync(file, damaged);
      const { stderr } = await rig.sync(0);
      expect(stderr, what).to.contain('StateRecovered');
      expect(await answer()).to.equal('1.0\n');
    }
    writeFileSync(file, good);
    writeFileSync(file, good.toString().replace(/"format": ?1/, '"format":99'));
    const refused = await rig.rackops(['sync']);
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr).to.contain('E_STATE_NEWER');
    writeFileSync(file, good);
    await rig.sync(0);
    expect((await footprintOf(rig, 'web')).mounts, 'the same tree').to.have.length(before.mounts.length);
  });
});
