/** Data on rollback and snapshots, with real services: a version that spoils its data leaves no trace of it, and what was sealed can be had back. One host, one story. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BuiltImage } from '../../scripts/images/index.js';
import { tinyImage } from '../support/images.js';
import { type RackOptions, tinyRack } from '../support/racks.js';
import { eventually, freePort, httpGet, Rig } from '../support/rig.js';
import { viewOf } from '../support/tree-view.js';

interface SnapshotList {
  readonly layers: readonly string[];
  readonly snapshots: readonly {
    readonly id: string;
    readonly image: { readonly file: string };
    readonly reason: string;
  }[];
}

describe('data that are restored', function () {
  this.timeout(90_000);
  let rig: Rig;
  let port: number;
  let one: BuiltImage;
  let two: BuiltImage;

  before(async () => {
    rig = await Rig.create();
    port = await freePort();
    one = await tinyImage('tiny', '1.0');
    two = await tinyImage('tiny', '2.0');
    for (const image of [one, two]) rig.putImage(image);
    commit(one, {}, 'keep');
    await rig.sync(0);
  });
  after(() => rig.dispose());

  function commit(image: BuiltImage, options: RackOptions = {}, data = 'restore'): void {
    const rollout = { data, ...options.rollout };
    rig.commit({ 'racks/web.yaml': tinyRack('web', image, { port, ...options, rollout }) }, 'change');
  }
  const inRack = async (script: string): Promise<string> => {
    const result = await rig.rackops(['exec', 'web', '--', 'sh', '-c', script]);
    expect(result.exitCode, result.stderr).to.equal(0);
    return result.stdout.trim();
  };
  const layer = (name: string): string => join(rig.root, 'readwrite/web', name);
  const there = (): readonly string[] => readdirSync(join(rig.root, 'readwrite/web')).sort();
  const snapshot = async (...args: string[]): Promise<unknown> => {
    const result = await rig.rackops(['snapshot', ...args], { json: true });
    expect(result.exitCode, result.stdout + result.stderr).to.equal(0);
    return result.json;
  };
  const list = async (): Promise<SnapshotList> => (await snapshot('list', 'web')) as SnapshotList;

  it('are byte-identical after a version that spoils them at its start', async () => {
    await inRack(
      'mkdir -p /data/deep && echo good > /data/state && ln /data/state /data/name && chown 33:34 /data/deep && chmod 2770 /data/deep && rm -rf /srv/www/extra && ln -s state /data/link',
    );
    const before = viewOf(layer('1'));
    const spoils =
      'echo bad > /data/state; rm -rf /data/deep /data/link; chmod 000 /data; mkdir /data/bad; touch /new; exit 7';
    commit(two, { command: ['sh', '-c', spoils], service: { restart: { policy: 'never' } } });
    const result = await rig.sync(1);
    expect(result.stderr + result.stdout).to.contain('exit code 7');
    expect(viewOf(layer('1'))).to.deep.equal(before);
    expect(there()).to.deep.equal(['1']);
    expect(await inRack('cat /data/state; readlink /data/link')).to.equal('good\nstate');
    expect(await rig.rack('web')).to.include({ health: 'healthy', condition: 'Failed' });
    expect((await list()).snapshots).to.deep.equal([]);
  });

  it('are kept as a snapshot by a version that is good, and everything of them is seen by it', async () => {
    commit(two);
    await rig.sync(0);
    expect((await httpGet(`http://127.0.0.1:${port}/up`)).status).to.equal(200);
    expect(await inRack('cat /data/state')).to.equal('good');
    await inRack('echo newer > /data/state');
    const { layers, snapshots } = await list();
    expect(layers).to.deep.equal(['2', '1']);
    expect(snapshots.map(({ id, image, reason }) => [id, image.file, reason])).to.deep.equal([
      ['1', one.file, 'rollout'],
    ]);
    expect(readFileSync(join(layer('1'), 'data/state'), 'utf8')).to.equal('good\n');
    await rig.sync(0);
  });

  it('are put back by hand, with what was there since kept aside; all of it by name', async () => {
    const text = await rig.rackops(['snapshot', 'restore', 'web', '1']);
    expect(text.exitCode, text.stderr).to.equal(0);
    expect(text.stdout).to.contain('snapshot 1').and.contain('snapshot 2');
    expect(await inRack('cat /data/state')).to.equal('good');
    expect((await rig.rack('web')).image?.file).to.equal(two.file);
    await snapshot('restore', 'web', '2');
    expect(await inRack('cat /data/state')).to.equal('newer');
    await snapshot('restore', 'web', '1', '--discard');
    expect(await inRack('cat /data/state')).to.equal('good');
    const shown = await rig.rackops(['snapshot', 'list', 'web']);
    expect(shown.stdout).to.contain('ID').and.contain(one.file);
    expect((await rig.rackops(['plan'])).exitCode).to.equal(0);
    await rig.sync(0);
  });

  it('are sealed and merged by a running agent too', async () => {
    const agent = rig.startAgent();
    await rig.agentAnswers();
    for (let count = 0; count < 3; count++) {
      await snapshot('create', 'web');
      await inRack(`echo ${count} >> /data/count`);
    }
    await eventually('a merged layer', async () => there().some((name) => name.includes('-')));
    expect((await list()).snapshots).to.have.length(3);
    expect(await inRack('cat /data/state /data/count')).to.equal('good\n0\n1\n2');
    await snapshot('create', 'web');
    expect((await list()).layers.some((name) => name.includes('-'))).to.equal(true);
    expect(await inRack('cat /data/state /data/count')).to.equal('good\n0\n1\n2');
    await eventually('it is healthy', async () => (await rig.rack('web')).health === 'healthy');
    await agent.stop();
  });

  it('are not touched where there is nothing to restore', async () => {
    for (const [args, code] of [
      [['restore', 'web', '99'], 'E_NO_SNAPSHOT'],
      [['create', 'nobody'], 'E_UNKNOWN_RACK'],
      [['list', 'nobody'], 'E_UNKNOWN_RACK'],
    ] as const) {
      const result = await rig.rackops(['snapshot', ...args], { json: true });
      expect(result.exitCode).to.equal(1);
      expect(result.json).to.have.nested.property('error.code', code);
    }
    expect((await rig.rackops(['snapshot', 'restore', 'web', '../1'])).exitCode).to.equal(64);
  });
});
