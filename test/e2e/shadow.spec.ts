/** Upgrades over a writable layer that somebody worked in: what hides the new image is told before anything is stopped, and can be had away. One host, one story. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BuiltImage } from '../../scripts/images/index.js';
import { tinyImage } from '../support/images.js';
import { type RackOptions, tinyRack } from '../support/racks.js';
import { freePort, httpGet, Rig } from '../support/rig.js';

interface Report {
  readonly complete: boolean;
  readonly findings: readonly { readonly path: string; readonly class: string; readonly level: string }[];
}

describe('a writable layer that hides the new image', function () {
  this.timeout(90_000);
  let rig: Rig;
  let port: number;
  let images: readonly BuiltImage[];

  before(async () => {
    rig = await Rig.create();
    port = await freePort();
    images = await Promise.all(
      ['1.0', '2.0', '3.0'].map((version) =>
        tinyImage('shadowed', version, {
          files: {
            '/etc/app.conf': `version ${version}\nsame\nsame\nsame\nmode slow\n`,
            '/etc/made': `${version}\n`,
            '/bin/tool': { content: `#!/bin/sh\necho ${version}\n`, mode: '755' },
            '/bin/app': { content: `#!/bin/sh\necho ${version}\n`, mode: '755' },
          },
        }),
      ),
    );
    for (const image of images) rig.putImage(image);
    commit(0);
    await rig.sync(0);
  });
  after(() => rig.dispose());

  function commit(version: number, options: RackOptions = {}): void {
    const image = images[version] as BuiltImage;
    rig.commit({ 'racks/web.yaml': tinyRack('web', image, { port, ...options }) }, 'change');
  }
  const served = async (): Promise<string> => (await httpGet(`http://127.0.0.1:${port}/version`)).body.trim();
  const inRack = async (script: string): Promise<string> => {
    const result = await rig.rackops(['exec', 'web', '--', 'sh', '-c', script]);
    expect(result.exitCode, result.stderr).to.equal(0);
    return result.stdout.trim();
  };
  const shadow = async (exitCode: number, ...args: string[]): Promise<unknown> => {
    const result = await rig.rackops(['shadow', ...args], { json: true });
    expect(result.exitCode, result.stdout + result.stderr).to.equal(exitCode);
    return result.json;
  };
  const told = (report: unknown): Record<string, string> =>
    Object.fromEntries(
      (report as Report).findings.map(({ path, class: c, level }) => [path, `${c} ${level}`]),
    );
  const aside = (): readonly string[] => readdirSync(join(rig.root, 'readwrite/web/set-aside'));

  it('fails a rollout before anything is stopped when it has another kind of file there, and says what to do', async () => {
    await inRack(
      'rm /etc/made && mkdir /etc/made && touch /etc/made/mine && sed -i s/slow/fast/ /etc/app.conf && echo mine > /etc/state',
    );
    const pid = await rig.pidOf('web', 'main');
    commit(1);
    const result = await rig.sync(1);
    expect(result.stderr).to.contain('/etc/made (type-mismatch: a directory over a file)');
    expect(await served()).to.equal('1.0');
    expect(await rig.pidOf('web', 'main')).to.equal(pid);
    const rack = await rig.rack('web');
    expect(rack).to.include({ condition: 'Failed', reason: 'Shadow', health: 'healthy' });
    expect(rack.quarantined).to.deep.equal([]);
    expect((await rig.rackops(['why', 'web'])).stdout).to.contain('rackops shadow reset web PATH');
    await rig.sync(1);
    const events = (await rig.rackops(['history', 'web'], { json: true })).json as {
      readonly entries: readonly { readonly event: string }[];
    };
    expect(events.entries.filter(({ event }) => event === 'failed')).to.have.length(1);
  });

  it('is told file by file, for what Git asks for and for any other image', async () => {
    const expected = { '/etc/made': 'type-mismatch block', '/etc/app.conf': 'conflict warn' };
    expect(told(await shadow(1, 'web'))).to.deep.equal(expected);
    expect(told(await shadow(1, 'web', '--to', 'shadowed-3.0.iso'))).to.deep.equal(expected);
    expect(told(await shadow(0, 'web', '--to', 'shadowed-1.0.iso'))).to.deep.equal({
      '/etc/made': 'local-edit info',
      '/etc/app.conf': 'local-edit info',
    });
    const text = await rig.rackops(['shadow', 'web']);
    expect(text.stdout)
      .to.contain('FAILS')
      .and.contain('1 state')
      .and.contain('rackops shadow reset web PATH');
  });

  it('is merged with what the new image changed, on request and to stdout only', async () => {
    const merged = await rig.rackops(['shadow', 'merge', 'web', '/etc/app.conf']);
    expect(merged).to.include({ exitCode: 0, stdout: 'version 2.0\nsame\nsame\nsame\nmode fast\n' });
    await inRack('sed -i "s/version.*/version mine/" /etc/app.conf');
    expect(await shadow(1, 'merge', 'web', '/etc/app.conf')).to.include({ conflicts: 1 });
    const pid = await rig.pidOf('web', 'main');
    expect(await shadow(1, 'merge', 'web', '/etc/app.conf', '--write')).to.have.nested.property(
      'error.code',
      'E_SHADOW_CONFLICT',
    );
    expect(await rig.pidOf('web', 'main')).to.equal(pid);
    expect(await inRack('head -n 1 /etc/app.conf')).to.equal('version mine');
    expect(await shadow(1, 'merge', 'web', '/etc/made')).to.have.nested.property(
      'error.code',
      'E_SHADOW_MERGE',
    );
  });

  it('has a merge in its place on request, with the old version on it, and the file as it was set aside', async () => {
    await inRack('sed -i "s/version.*/version 1.0/" /etc/app.conf && chmod 640 /etc/app.conf');
    await shadow(0, 'merge', 'web', '/etc/app.conf', '--write');
    expect(await inRack('cat /etc/app.conf; stat -c %a /etc/app.conf')).to.equal(
      'version 2.0\nsame\nsame\nsame\nmode fast\n640',
    );
    expect(await served()).to.equal('1.0');
    const [id] = aside();
    expect(readFileSync(join(rig.root, 'readwrite/web/set-aside', id ?? '', '0'), 'utf8')).to.contain(
      'version 1.0',
    );
    expect(await shadow(1, 'merge', 'web', '/etc/app.conf', '--write')).to.have.nested.property(
      'error.code',
      'E_SHADOW_MERGE',
    );
  });

  it('lets the rollout through once the file is reset, and tells what is hidden still', async () => {
    expect(await shadow(1, 'reset', 'web', '/etc/nothing')).to.have.nested.property(
      'error.code',
      'E_SHADOW_RESET',
    );
    expect(await shadow(0, 'reset', 'web', '/etc/made', '--whole', '--dry-run')).to.deep.include({
      drops: [{ path: '/etc/made', how: 'entry' }],
    });
    expect(await inRack('ls /etc/made')).to.equal('mine');
    await shadow(0, 'reset', 'web', '/etc/made', '--whole');
    expect(await inRack('cat /etc/made')).to.equal('1.0');
    expect(await rig.rack('web')).to.include({ health: 'healthy' });
    const id = aside().at(-1);
    expect(readdirSync(join(rig.root, 'readwrite/web/set-aside', id ?? '', '0'))).to.deep.equal(['mine']);
    const result = await rig.sync(0);
    const line = '1 file(s) of the writable layer hide what the new image brings; see: rackops shadow web';
    expect(result.stdout).to.contain(line);
    expect((await rig.rackops(['why', 'web'])).stdout).to.contain(line);
    expect(await served()).to.equal('2.0');
    expect(await inRack('cat /etc/made; cat /etc/state')).to.equal('2.0\nmine');
  });

  it('has files dropped or refreshed at the swap where the definition says so, and back after a rollback', async () => {
    await inRack('echo patched >> /bin/app && echo edited >> /etc/made && chmod 700 /bin/tool');
    const tool = (): string => readFileSync(join(rig.root, 'readwrite/web/1/bin/tool'), 'utf8');
    const edited = readFileSync(join(rig.root, 'readwrite/web/1/bin/app'), 'utf8');
    commit(2);
    expect((await rig.sync(1)).stderr).to.contain('/bin/app (conflict)');
    const rules = [
      { path: '/bin/tool', policy: 'refresh' },
      { path: '/bin/**', policy: 'drop' },
    ];
    commit(2, {
      command: ['sh', '-c', 'app; exit 7'],
      service: { restart: { policy: 'never' } },
      rollout: { shadow: { rules } },
    });
    await rig.sync(1);
    expect(await served()).to.equal('2.0');
    expect(readFileSync(join(rig.root, 'readwrite/web/1/bin/app'), 'utf8')).to.equal(edited);
    expect(tool()).to.contain('2.0');
    expect(aside()).to.have.length(2);
    commit(2, { rollout: { shadow: { rules } } });
    await rig.sync(0);
    expect(await served()).to.equal('3.0');
    expect(await inRack('app; tool; stat -c %a /bin/tool; cat /etc/made')).to.equal(
      '3.0\n3.0\n700\n2.0\nedited',
    );
    expect(aside()).to.have.length(3);
    expect(told(await shadow(0, 'web'))).to.deep.equal({
      '/bin/tool': 'local-edit info',
      '/etc/app.conf': 'local-edit info',
      '/etc/made': 'local-edit info',
    });
  });

  it('is reset and merged by a running agent too, and is as before when that is not healthy', async () => {
    const needsIt = `grep -q edited /etc/made && ! grep -q 'version 1.0' /etc/app.conf && exec serve 127.0.0.1:${port}`;
    commit(2, { command: ['sh', '-c', needsIt], service: { restart: { policy: 'never' } } });
    const agent = rig.startAgent();
    await rig.agentAnswers();
    await rig.sync(0);
    await shadow(0, 'reset', 'web', '/etc/app.conf');
    expect(await inRack('cat /etc/app.conf'))
      .to.contain('version 3.0')
      .and.contain('slow');
    const refused = await shadow(1, 'reset', 'web', '/etc/made');
    expect(refused).to.have.nested.property('error.code', 'E_SHADOW_RESET');
    expect(await inRack('cat /etc/made')).to.equal('2.0\nedited');
    expect(await rig.rack('web')).to.include({ health: 'healthy', condition: 'Ready' });
    await inRack('sed -i s/slow/fast/ /etc/app.conf');
    const merge = ['merge', 'web', '/etc/app.conf', '--to', 'shadowed-1.0.iso', '--write'];
    expect(await shadow(1, ...merge)).to.have.nested.property('error.code', 'E_SHADOW_MERGE');
    expect(await inRack('cat /etc/app.conf')).to.equal('version 3.0\nsame\nsame\nsame\nmode fast');
    expect(await rig.rack('web')).to.include({ health: 'healthy', condition: 'Ready' });
    await agent.stop();
  });
});
