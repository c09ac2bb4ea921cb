/**
 * The life of a rack, through the command line only: installed, swapped, rolled back by itself, reverted, adopted, removed. Real nginx, real kernel.
 * The tests of one `describe` are one story and run in order.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BuiltImage } from '../support/images.js';
import { nginxImage, tinyImage, webPort } from '../support/images.js';
import { footprintOf, tinyRack, webRack } from '../support/racks.js';
import { httpGet, Rig, Watcher } from '../support/rig.js';

type Image = Pick<BuiltImage, 'file' | 'sha256'>;

describe('the life of a rack', function () {
  this.timeout(60_000);
  let rig: Rig;
  let port: number;
  let v1: Image;
  let v2: Image;
  let v3: Image;
  let broken: Image;
  let crashing: Image;
  let tiny: Image;
  let tiny2: Image;
  const serving = async (): Promise<string> =>
    (await httpGet(`http://127.0.0.1:${port}/version`)).body.trim();

  before(async function () {
    this.timeout(180_000);
    rig = await Rig.create();
    port = await webPort();
    const listen = `127.0.0.1:${port}`;
    v1 = rig.putImage(await nginxImage('1.0', { listen }));
    v2 = rig.putImage(await nginxImage('2.0', { listen }));
    v3 = rig.putImage(await nginxImage('3.0', { listen }));
    broken = rig.putImage(await nginxImage('4.0', { listen, fault: 'answers-500' }));
    crashing = rig.putImage(await nginxImage('5.0', { listen, fault: 'missing-include' }));
    tiny = rig.putImage(await tinyImage('tiny', '1.0'));
    tiny2 = rig.putImage(await tinyImage('tiny', '2.0'));
  });
  after(async function () {
    this.timeout(30_000);
    await rig.dispose();
  });

  const web = (image: Image, options: Parameters<typeof webRack>[3] = {}) => ({
    'racks/web.yaml': webRack('web', image, port, options),
  });
  const notes = (image: Image) => ({ 'racks/notes.yaml': tinyRack('notes', image) });

  it('shows a status before any sync', async () => {
    const status = await rig.status();
    expect(status.revision).to.equal(null);
    expect(status.lastPass).to.equal(null);
    expect(status.racks).to.deep.equal([]);
  });

  it('plans an installation with exit code 2 and touches nothing', async () => {
    rig.commit({ ...web(v1), ...notes(tiny) }, 'two racks');
    const plan = await rig.rackops(['plan'], { json: true });
    expect(plan.exitCode).to.equal(2);
    expect(plan.json).to.have.property('revision', rig.repository.head());
    expect(plan.json).to.have.property('steps').that.is.not.empty;
    expect(existsSync(join(rig.root, 'active/web'))).to.equal(false);
  });

  it('installs from an empty host', async () => {
    await rig.sync(0);
    expect(await serving()).to.equal('1.0');
    const rack = await rig.rack('web');
    expect(rack).to.include({ condition: 'Ready', generation: 1, health: 'healthy' });
    expect(rack.image).to.deep.equal({ file: v1.file, sha256: v1.sha256 });
    expect(rack.revision).to.equal(rig.repository.head());
  });

  it('does nothing at a second sync, and a plan has no step', async () => {
    const before = [await footprintOf(rig, 'web'), await footprintOf(rig, 'notes')];
    await rig.sync(0);
    expect((await rig.rackops(['plan'])).exitCode).to.equal(0);
    expect([await footprintOf(rig, 'web'), await footprintOf(rig, 'notes')]).to.deep.equal(before);
  });

  it('swaps under load without a failed request, and leaves the other rack alone', async () => {
    const other = await footprintOf(rig, 'notes');
    const clients = [
      new Watcher(`http://127.0.0.1:${port}/version`, 2),
      new Watcher(`http://127.0.0.1:${port}/version`, 5),
    ];
    rig.commit(web(v2), 'web 2.0');
    await rig.sync(0);
    for (const client of clients) {
      const seen = await client.stop();
      expect(seen, JSON.stringify(seen)).to.deep.include({ failed: 0, bodies: ['1.0', '2.0'] });
    }
    expect(await rig.rack('web')).to.include({ condition: 'Ready', generation: 2 });
    expect(await footprintOf(rig, 'notes')).to.deep.equal(other);
  });

  it('keeps what the rack wrote over a swap', async () => {
    const wrote = await rig.rackops(['exec', 'web', '--', 'sh', '-c', 'echo kept > /root/note']);
    expect(wrote.exitCode, wrote.stderr).to.equal(0);
    rig.commit(web(v3), 'web 3.0');
    await rig.sync(0);
    const read = await rig.rackops(['exec', 'web', '--', 'cat', '/root/note']);
    expect(read.stdout).to.equal('kept\n');
    expect(await serving()).to.equal('3.0');
  });

  for (const [what, image] of [
    ['answers 500', () => broken],
    ['does not start', () => crashing],
  ] as const) {
    it(`rolls back by itself when the new version ${what}, and quarantines it`, async () => {
      const other = await footprintOf(rig, 'notes');
      rig.commit(
        web(image(), { health: { http: { port, path: '/up', status: 200 }, startPeriod: '500ms' } }),
        `a version that ${what}`,
      );
      await rig.sync(1);
      expect(await serving()).to.equal('3.0');
      const rack = await rig.rack('web');
      expect(rack).to.include({ condition: 'Failed', health: 'healthy' });
      expect(rack.image?.file).to.equal(v3.file);
      expect(rack.desiredImage?.file).to.equal(image().file);
      expect(rack.quarantined.map((entry) => entry.digest)).to.include(rack.desiredDigest);
      expect(await footprintOf(rig, 'notes')).to.deep.equal(other);
    });

    it(`does not try the version that ${what} again`, async () => {
      const before = await footprintOf(rig, 'web');
      await rig.sync(1);
      expect((await rig.rackops(['plan'])).exitCode, 'plan of a quarantined version').to.equal(0);
      expect(await footprintOf(rig, 'web')).to.deep.equal(before);
    });
  }

  it('tries a quarantined version again after retry', async () => {
    const before = await footprintOf(rig, 'web');
    expect((await rig.rackops(['retry', 'web'])).exitCode).to.equal(0);
    expect((await rig.rackops(['plan'])).exitCode).to.equal(2);
    await rig.sync(1);
    expect(await footprintOf(rig, 'web')).not.to.deep.equal(before);
    expect(await serving()).to.equal('3.0');
  });

  it('is Ready again without a restart when Git returns to what runs, and keeps the quarantine', async () => {
    const before = await footprintOf(rig, 'web');
    rig.repository.revertAll([rig.repository.head(), rig.repository.git('rev-parse', 'HEAD~1')]);
    await rig.sync(0);
    const rack = await rig.rack('web');
    expect(rack.condition).to.equal('Ready');
    expect(rack.quarantined).to.have.length(1);
    expect(await footprintOf(rig, 'web')).to.deep.equal(before);
  });

  it('goes back to an older version by git revert', async () => {
    const swap = rig.repository.git('log', '--format=%H', '--grep=^web 3.0$');
    rig.repository.revert(swap);
    await rig.sync(0);
    expect(await serving()).to.equal('2.0');
  });

  it('takes a change of a health check over without a restart', async () => {
    const before = await footprintOf(rig, 'web');
    const { generation } = await rig.rack('web');
    rig.commit(web(v2, { health: { http: { port, path: '/version', status: 200 } } }), 'probe another page');
    await rig.sync(0);
    expect(await footprintOf(rig, 'web')).to.deep.equal(before);
    expect((await rig.rack('web')).generation).to.be.greaterThan(generation ?? 0);
  });

  it('does not touch a rack for a commit that changes nothing of it', async () => {
    const before = await footprintOf(rig, 'web');
    const rack = await rig.rack('web');
    rig.commit({ 'README.md': 'Other words.\n' }, 'words');
    await rig.sync(0);
    expect(await footprintOf(rig, 'web')).to.deep.equal(before);
    expect(await rig.rack('web')).to.deep.include({ generation: rack.generation, revision: rack.revision });
  });

  it('applies the valid racks of a commit, and names the place of the mistake in the other', async () => {
    const before = await footprintOf(rig, 'web');
    rig.commit(
      { 'racks/web.yaml': 'apiVersion: rackops/v1\nkind: Rack\nname: web\nimge: {}\n', ...notes(tiny2) },
      'one mistake',
    );
    const plan = await rig.rackops(['plan']);
    expect(plan.exitCode, 'the other rack has steps to do').to.equal(2);
    expect(plan.stderr).to.contain('racks/web.yaml:4:1');
    const sync = await rig.sync(3);
    expect(sync.stdout).to.contain('racks/web.yaml');
    const status = await rig.status();
    expect(
      status.problems.some((item) => item.file === 'racks/web.yaml' && item.line === 4 && item.column === 1),
    ).to.equal(true);
    const rack = await rig.rack('web');
    expect(rack).to.include({ condition: 'Failed', reason: 'InvalidDefinition', desiredImage: null });
    expect(await footprintOf(rig, 'web')).to.deep.equal(before);
    expect((await rig.rack('notes')).image?.file).to.equal(tiny2.file);
    expect((await rig.rackops(['plan'])).exitCode, 'nothing that can be done now').to.equal(0);
  });

  it('leaves nothing of a first installation that fails', async () => {
    rig.commit(
      {
        ...web(v2),
        'racks/late.yaml': tinyRack('late', tiny, { command: ['sh', '-c', 'echo going down; exit 3'] }),
      },
      'a rack that cannot run',
    );
    await rig.sync(1);
    const rack = await rig.rack('late');
    expect(rack).to.include({ condition: 'Failed', image: null, generation: null, digest: null });
    expect(await footprintOf(rig, 'late')).to.deep.include({ mounts: [] });
    expect(await serving()).to.equal('2.0');
    const why = await rig.rackops(['why', 'late']);
    expect(why.stdout).to.contain('going down').and.contain('exit code 3');
  });

  it('holds the removal of the last racks until it is allowed', async () => {
    rig.commit({ 'racks/late.yaml': null }, 'no late');
    await rig.sync(0);
    const before = [await footprintOf(rig, 'web'), await footprintOf(rig, 'notes')];
    rig.commit({ 'racks/web.yaml': null, 'racks/notes.yaml': null, 'racks/README': 'empty\n' }, 'all gone');
    await rig.sync(1);
    expect((await rig.status()).heldRemovals).to.deep.equal(['notes', 'web']);
    expect([await footprintOf(rig, 'web'), await footprintOf(rig, 'notes')]).to.deep.equal(before);
    expect((await rig.rackops(['plan'])).exitCode).to.equal(0);
  });

  it('removes with an allowance in a commit message, keeps the data, and purges it when told to', async () => {
    rig.commit({}, 'yes, really\n\nRackops-Allow-Prune: 2');
    await rig.sync(0);
    const status = await rig.status();
    expect(status.racks).to.deep.equal([]);
    expect(status.retainedData.map((item) => item.name)).to.include.members(['notes', 'web']);
    expect(existsSync(join(rig.root, 'readwrite/web/1/root/note'))).to.equal(true);
    expect((await rig.rackops(['purge', 'web'])).exitCode).to.equal(0);
    expect(existsSync(join(rig.root, 'readwrite/web'))).to.equal(false);
  });

  it('finds the data of a removed rack again when it comes back', async () => {
    rig.commit(notes(tiny), 'notes come back');
    await rig.sync(0);
    const history = await rig.rackops(['history', 'notes'], { json: true });
    expect(JSON.stringify(history.json)).to.contain('removed').and.contain('installed');
    expect((await rig.status()).retainedData.map((item) => item.name)).not.to.include('notes');
  });

  it('removes with the allowance on the command line', async () => {
    rig.commit({ 'racks/notes.yaml': null, 'racks/README': 'empty\n' }, 'gone again');
    await rig.sync(1);
    await rig.sync(0, '--allow-prune', '1');
    expect((await rig.status()).racks).to.deep.equal([]);
  });
});
