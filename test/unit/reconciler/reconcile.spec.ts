import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { RackError } from '../../../src/model/index.js';
import { imageRef } from '../../support/builders.js';
import { definition, type MemoryRig, memoryRig } from '../../support/memory-rig.js';

const v1 = imageRef('web-1.0');
const v2 = imageRef('web-2.0');
/** Never rehearsed: what happens on the way forward and back is what these tests are about. */
const web = (image = v1, more = {}): Record<string, string> => ({
  'racks/web.yaml': definition('web', { image, listen: '127.0.0.1:80', rehearse: 'never', ...more }),
});

describe('a pass', () => {
  let rig: MemoryRig;
  beforeEach(async () => {
    rig = await memoryRig();
    rig.world.addImage(v1, v2, imageRef('web-3.0'), imageRef('database-1.0'), imageRef('database-2.0'));
  });
  afterEach(() => rig.dispose());

  const rack = async (name = 'web') => (await rig.sync()).status.racks.find((item) => item.name === name);

  it('installs, and does nothing more the next time', async () => {
    rig.repository.commit(web());
    expect((await rig.sync()).exitCode).to.equal(0);
    const before = rig.world.snapshot();
    rig.world.clearTrace();
    const again = await rig.sync();
    expect(again.exitCode).to.equal(0);
    expect(again.racks).to.deep.equal([]);
    expect(rig.world.snapshot()).to.deep.equal(before);
    const writes = rig.world
      .trace()
      .filter(
        (call) =>
          !/^(store\.(records|record|journals|applied|summary|lastPass|hostSuspended|imageCheck)|bootId)/.test(
            call,
          ),
      );
    expect(writes).to.deep.equal(['store.writeSummary', 'store.writeLastPass']);
  });

  it('swaps to a new image and lets go of the old one', async () => {
    rig.repository.commit(web());
    await rig.sync();
    rig.repository.commit(web(v2));
    const report = await rig.sync();
    expect(report.exitCode).to.equal(0);
    expect(report.status.racks[0]).to.include({ condition: 'Ready', generation: 2, health: 'healthy' });
    expect(rig.world.shape().images.join()).to.include(v2.sha256).and.not.include(v1.sha256);
  });

  it('does not try again a version whose address could only be exchanged after the stop, and was taken then', async () => {
    rig.repository.commit(web());
    await rig.sync();
    rig.world.failOn('supervisor.openSockets', 1, new RackError('E_ADDRESS_IN_USE', 'apache2 has it'));
    rig.repository.commit(web(v2, { listen: '0.0.0.0:80' }));
    const report = await rig.sync();
    expect(report.racks[0]).to.include({ outcome: 'rolled-back', reason: 'AddressInUse' });
    expect(report.status.racks[0]?.quarantined[0]).to.include({ reason: 'AddressInUse' });
    expect((await rig.store().evidence('web'))[0]?.failure.phase).to.equal('unmount');
    expect((await rig.sync()).racks).to.deep.equal([]);
  });

  it('puts the old version back when the new one fails, and does not try it again until retry', async () => {
    rig.repository.commit(web());
    await rig.sync();
    rig.world.script(v2, { kind: 'unhealthy' });
    rig.repository.commit(web(v2));
    const report = await rig.sync();
    expect(report.exitCode).to.equal(1);
    expect(report.racks[0]).to.include({ outcome: 'rolled-back', reason: 'ProbeFailed' });
    expect(report.status.racks[0]).to.deep.include({
      condition: 'Failed',
      image: v1,
      desiredImage: v2,
      health: 'healthy',
    });
    const after = rig.world.snapshot();
    expect((await rig.sync()).racks).to.deep.equal([]);
    await rig.restart();
    expect((await rig.sync()).racks).to.deep.equal([]);
    expect(rig.world.snapshot()).to.deep.equal(after);
  });

  it('does not touch the processes when only a health check changes', async () => {
    rig.repository.commit(web());
    await rig.sync();
    const before = rig.world.snapshot().services;
    rig.repository.commit({
      'racks/web.yaml': (web()['racks/web.yaml'] ?? '').replace('interval: 100ms', 'interval: 200ms'),
    });
    const report = await rig.sync();
    expect(report.racks[0]).to.include({ action: 'adopt', outcome: 'done' });
    expect(report.status.racks[0]?.generation).to.equal(2);
    expect(rig.world.snapshot().services).to.deep.equal(before);
  });

  for (const kind of ['never starts', 'unhealthy'] as const) {
    it(`leaves nothing of a first install that fails (${kind})`, async () => {
      const empty = rig.world.shape();
      rig.world.script(v1, { kind });
      rig.repository.commit(web());
      const report = await rig.sync();
      expect(report.status.racks[0]).to.deep.include({ condition: 'Failed', image: null });
      expect({ ...rig.world.shape(), data: [] }).to.deep.equal(empty);
    });
  }

  it('counts a death just before the end of the bake as a failure', async () => {
    rig.repository.commit(web());
    await rig.sync();
    rig.world.script(v2, { kind: 'dies during bake', afterMs: 950 });
    rig.repository.commit(web(v2));
    expect((await rig.sync()).racks[0]).to.include({ outcome: 'rolled-back' });
  });

  it('rolls back once and stops there when the old version has become unhealthy too', async () => {
    rig.repository.commit(web());
    await rig.sync();
    rig.world.script(v1, { kind: 'unhealthy' });
    rig.world.script(v2, { kind: 'unhealthy' });
    rig.repository.commit(web(v2));
    const report = await rig.sync();
    expect(report.racks[0]?.message).to.include('not healthy either');
    expect(report.status.racks[0]).to.include({ condition: 'Failed', health: 'unhealthy' });
    expect((await rig.sync()).racks).to.deep.equal([]);
  });

  it('does not move a rack on whose dependency failed', async () => {
    const database = imageRef('database-1.0');
    rig.world.script(database, { kind: 'unhealthy' });
    rig.repository.commit({
      'racks/database.yaml': definition('database', { image: database }),
      ...web(v1, { dependsOn: ['database'] }),
    });
    expect((await rig.sync()).exitCode).to.equal(1);
    expect(await rack()).to.include({ condition: 'Reconciling', reason: 'DependencyNotReady', image: null });
  });

  it('rolls a dependency back when the rack that depends on it breaks in its bake', async () => {
    const databases = [imageRef('database-1.0'), imageRef('database-2.0')] as const;
    const both = (image = databases[0]): Record<string, string> => ({
      'racks/database.yaml': definition('database', { image }),
      ...web(v1, { dependsOn: ['database'] }),
    });
    rig.repository.commit(both());
    expect((await rig.sync()).exitCode).to.equal(0);
    rig.world.script(v1, { kind: 'sickens', afterMs: 1 });
    rig.world.killService('web', 'main');
    await rig.world.advance(5_000);
    rig.repository.commit(both(databases[1]));
    const report = await rig.sync();
    expect(report.racks.find((item) => item.rack === 'database')).to.include({ outcome: 'rolled-back' });
  });

  it('keeps everything when the repository is emptied, and removes it with an allowance', async () => {
    rig.repository.commit(web());
    await rig.sync();
    const before = rig.world.snapshot();
    rig.repository.commit({ README: 'nothing' });
    const held = await rig.sync();
    expect(held.exitCode).to.equal(1);
    expect(held.heldRemovals).to.deep.equal(['web']);
    expect(rig.world.snapshot()).to.deep.equal(before);
    rig.repository.commit({ README: 'nothing' }, 'all of it\n\nRackops-Allow-Prune: 5\n');
    const removed = await rig.sync();
    expect(removed.exitCode).to.equal(0);
    expect(removed.status.retainedData.map((item) => item.name)).to.deep.equal(['web']);
    expect(rig.world.shape()).to.include({ keeper: 'absent' }).and.to.have.property('trees').with.length(0);
  });

  it('still knows an allowance when the suspended racks that it is for are let go', async () => {
    const kept = imageRef('database-1.0');
    const files = { 'racks/database.yaml': definition('database', { image: kept }) };
    const gone = ['api', 'web'];
    rig.repository.commit({
      ...files,
      ...Object.fromEntries(gone.map((name) => [`racks/${name}.yaml`, definition(name, { image: v1 })])),
    });
    await rig.sync();
    const hold = async (suspended: { at: string } | null): Promise<void> => {
      for (const name of gone) {
        const record = await rig.store().record(name);
        if (record === null) throw new Error('no record');
        await rig.store().writeRecord({ ...record, suspended });
      }
    };
    await hold({ at: 'now' });
    rig.repository.commit(files, 'both go\n\nRackops-Allow-Prune: 2\n');
    expect((await rig.sync()).exitCode).to.equal(0);
    rig.repository.commit({ ...files, README: 'later' });
    expect((await rig.sync()).exitCode).to.equal(0);
    await hold(null);
    const report = await rig.sync();
    expect(report.heldRemovals).to.deep.equal([]);
    expect(report.status.racks.map(({ name }) => name)).to.deep.equal(['database']);
  });

  it('keeps a rack as it is while its file is invalid, and moves the others', async () => {
    const other = imageRef('database-1.0');
    rig.repository.commit({ ...web(), 'racks/database.yaml': definition('database', { image: other }) });
    await rig.sync();
    const before = rig.world.snapshot().services.filter((line) => JSON.stringify(line).includes('web'));
    rig.repository.commit({
      'racks/web.yaml': 'kind: Rack\n\tbroken',
      'racks/database.yaml': definition('database', { image: imageRef('database-2.0') }),
    });
    const report = await rig.sync();
    expect(report.exitCode).to.equal(3);
    expect(report.racks.map((item) => [item.rack, item.outcome])).to.deep.equal([['database', 'done']]);
    expect(report.status.racks.find((item) => item.name === 'web')).to.deep.include({
      condition: 'Failed',
      reason: 'InvalidDefinition',
      desiredImage: null,
      image: v1,
    });
    expect(
      rig.world.snapshot().services.filter((line) => JSON.stringify(line).includes('web')),
    ).to.deep.equal(before);
  });

  it('refuses a rewound branch until it is allowed', async () => {
    const first = rig.repository.commit(web());
    await rig.sync();
    rig.repository.commit(web(v2));
    await rig.sync();
    rig.repository.reset(first);
    const refused = await rig.sync();
    expect(refused.sourceError?.code).to.equal('E_HISTORY_REWOUND');
    expect(refused.exitCode).to.equal(1);
    expect(refused.status.racks[0]?.image).to.deep.equal(v2);
    const allowed = await rig.sync({ allowRewind: first });
    expect(allowed.status.racks[0]?.image).to.deep.equal(v1);
  });

  it('brings back a rack that is down without waiting for the images of those that are new', async () => {
    rig.world.addImage(imageRef('z-1.0'));
    const z = { 'racks/z.yaml': definition('z', { image: imageRef('z-1.0') }) };
    rig.repository.commit(z);
    await rig.sync();
    await rig.reboot();
    const others = [...'abcdefghijkl'].map((name) => ({ name, image: imageRef(`${name}-1.0`) }));
    rig.world.addImage(...others.map(({ image }) => image));
    const news = others.map(({ name, image }) => [`racks/${name}.yaml`, definition(name, { image })]);
    rig.repository.commit({ ...z, ...Object.fromEntries(news) });
    const letGo = rig.world.slowDown(...others.map(({ image }) => image));
    const letZGo = rig.world.slowDown(imageRef('z-1.0'));
    rig.events.length = 0;
    const pass = rig.sync();
    const until = async (look: () => boolean): Promise<void> => {
      for (const deadline = Date.now() + 2_000; !look() && Date.now() < deadline; ) await sleep(1);
    };
    const reading = (): number =>
      rig.events.filter((event) => event.code === 'StepStarted' && event.step === 'fetchImage').length;
    const isUp = (): boolean =>
      rig.events.some(
        (event) => event.code === 'RackEnded' && event.rack === 'z' && event.outcome === 'done',
      );
    await until(() => reading() >= 4);
    letZGo();
    await until(isUp);
    const wasUp = isUp();
    letGo();
    expect((await pass).exitCode).to.equal(0);
    expect(wasUp).to.equal(true);
  });

  it('brings everything up after a boot, also with Git down', async () => {
    rig.repository.commit(web());
    await rig.sync();
    await rig.reboot();
    rig.repository.setDown(true);
    const report = await rig.sync();
    expect(report.racks[0]).to.include({ action: 'heal', outcome: 'done' });
    expect(report.status.racks[0]?.services[0]?.state).to.equal('running');
    expect(rig.events.some((event) => event.code === 'DriftFound')).to.equal(false);
  });

  it('heals drift and says so', async () => {
    rig.repository.commit(web());
    await rig.sync();
    rig.world.killKeeper();
    const report = await rig.sync();
    expect(report.racks[0]).to.include({ action: 'heal', outcome: 'done' });
    expect(rig.events.some((event) => event.code === 'DriftFound')).to.equal(true);
    expect((await rig.sync()).racks).to.deep.equal([]);
  });

  it('does nothing on a host whose keeper does not answer', async () => {
    rig.repository.commit(web());
    await rig.sync();
    rig.repository.commit(web(v2));
    rig.world.freezeKeeper(true);
    const report = await rig.sync();
    expect(report.racks).to.deep.equal([]);
    expect(report.status.racks[0]).to.include({ condition: 'Stalled' });
    rig.world.freezeKeeper(false);
    expect((await rig.sync()).exitCode).to.equal(0);
  });

  it('stops at the preparation while a stranger holds the running tree, and goes on when he is gone', async () => {
    rig.repository.commit(web());
    await rig.sync();
    const before = rig.world.snapshot().services;
    const letGo = rig.world.hold('web');
    rig.repository.commit(web(v2));
    const report = await rig.sync();
    expect(report.racks[0]).to.include({ outcome: 'failed', reason: 'Busy' });
    expect(rig.world.snapshot().services).to.deep.equal(before);
    letGo();
    expect((await rig.sync()).status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
  });

  it('is stalled, with growing pauses, while the way back is blocked, and comes back by itself', async () => {
    rig.repository.commit(web());
    await rig.sync();
    rig.world.script(v2, { kind: 'unhealthy' });
    rig.repository.commit(web(v2));
    rig.world.failOn('mounts.mountTree', 2);
    const report = await rig.sync();
    expect(report.status.racks[0]).to.include({ condition: 'Stalled', reason: 'RollbackFailed' });
    expect((await rig.sync()).racks).to.deep.equal([]);
    await rig.world.advance(11_000);
    const later = await rig.sync();
    expect(later.racks[0]).to.include({ action: 'rollback', outcome: 'rolled-back' });
    expect(later.status.racks[0]).to.deep.include({ image: v1, condition: 'Failed' });
  });

  it('leaves a suspended rack alone, and says what drifts', async () => {
    rig.repository.commit(web());
    await rig.sync();
    const record = await rig.store().record('web');
    if (record === null) throw new Error('no record');
    await rig.store().writeRecord({ ...record, suspended: { at: 'now' } });
    rig.repository.commit(web(v2));
    rig.world.unmountTree('web');
    const report = await rig.sync();
    expect(report.exitCode).to.equal(4);
    expect(report.racks).to.deep.equal([]);
    expect(report.explanation.map((item) => item.message).join()).to.include('not mounted');
  });

  it('moves an address from one rack to another in one commit', async () => {
    const shop = imageRef('web-3.0');
    rig.repository.commit(web());
    await rig.sync();
    rig.repository.commit({
      'racks/web.yaml': definition('web', { image: v1 }),
      'racks/shop.yaml': definition('shop', { image: shop, listen: '127.0.0.1:80' }),
    });
    const report = await rig.sync();
    expect(report.exitCode).to.equal(0);
    expect(rig.world.shape().sockets.join()).to.include('shop').and.not.include('web');
  });

  it('asks Git only for the tip when nothing changed, also in a new process', async () => {
    rig.repository.commit(web());
    await rig.sync();
    await rig.restart();
    rig.repository.calls.length = 0;
    expect((await rig.sync()).exitCode).to.equal(0);
    expect(rig.repository.calls).to.deep.equal(['tip']);
  });

  it('knows what Git asked for after a boot with Git down and the mirror lost', async () => {
    rig.repository.commit({ ...web(), 'racks/broken.yaml': 'name: broken' });
    await rig.sync();
    await rig.reboot();
    rig.repository.setDown(true);
    rig.repository.loseMirror();
    const report = await rig.sync();
    expect(report.sourceError?.code).to.equal('E_GIT_UNREACHABLE');
    expect(report.problems.map((problem) => problem.file)).to.include('racks/broken.yaml');
    expect(report.status.racks.find((item) => item.name === 'web')?.condition).to.equal('Ready');
  });

  it('never goes back after the commit, whatever cannot be cleared away', async () => {
    rig.repository.commit(web());
    await rig.sync();
    rig.repository.commit(web(v2));
    rig.world.failOn('mounts.releaseTree', 1);
    const report = await rig.sync();
    expect(report.racks[0]).to.include({ outcome: 'done' });
    expect(report.status.racks[0]?.image).to.deep.equal(v2);
    expect((await rig.sync()).racks[0]).to.include({ action: 'sweep', outcome: 'done' });
    expect(await rig.store().journals()).to.deep.equal([]);
  });

  it('goes back even when neither evidence nor journal can be written', async () => {
    rig.repository.commit(web());
    await rig.sync();
    rig.world.script(v2, { kind: 'unhealthy' });
    rig.repository.commit(web(v2));
    rig.world.failOn('store.writeEvidence', 1);
    rig.world.failOn('store.writeJournal', 3);
    const report = await rig.sync();
    expect(report.racks[0]).to.include({ outcome: 'rolled-back' });
    expect(report.status.racks[0]).to.deep.include({ image: v1, health: 'healthy' });
  });

  it('finds a secret that is not there before it touches the running version, and tries again', async () => {
    const env = { more: 'env: {PASSWORD: {fromHostFile: /etc/rackops/secrets/db}}' };
    rig.repository.commit(web());
    await rig.sync();
    const before = rig.world.snapshot().services;
    rig.world.setMissing('/etc/rackops/secrets/db', true);
    rig.repository.commit(web(v2, env));
    const report = await rig.sync();
    expect(report.racks[0]).to.include({ outcome: 'failed', reason: 'Secret' });
    expect(rig.world.snapshot().services).to.deep.equal(before);
    rig.world.setMissing('/etc/rackops/secrets/db', false);
    expect((await rig.sync()).status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
  });

  it('goes back with the bundle that the old version was started from, whatever became of its secrets', async () => {
    const env = { more: 'env: {PASSWORD: {fromHostFile: /etc/rackops/secrets/db}}' };
    rig.repository.commit(web(v1, env));
    await rig.sync();
    rig.world.script(v2, { kind: 'unhealthy' });
    rig.repository.commit(web(v2));
    rig.world.setMissing('/etc/rackops/secrets/db', true);
    expect((await rig.sync()).racks[0]).to.include({ outcome: 'rolled-back' });
  });

  it('exchanges an address for one that overlaps it', async () => {
    rig.repository.commit(web(v1, { listen: '127.0.0.1:80' }));
    await rig.sync();
    rig.repository.commit(web(v1, { listen: '0.0.0.0:80' }));
    expect((await rig.sync()).racks[0]).to.include({ outcome: 'done' });
    rig.world.script(v2, { kind: 'unhealthy' });
    rig.repository.commit(web(v2, { listen: '127.0.0.1:80' }));
    const report = await rig.sync();
    expect(report.racks[0]).to.include({ outcome: 'rolled-back' });
    expect(rig.world.shape().sockets.join()).to.include('0.0.0.0:80');
  });

  it('leaves a failed version for a person where that is asked for', async () => {
    const hold = (image = v1): Record<string, string> => ({
      'racks/web.yaml': (web(image)['racks/web.yaml'] ?? '').replace(
        'timeout: 10s',
        'timeout: 10s, onFailure: hold',
      ),
    });
    rig.repository.commit(hold());
    await rig.sync();
    rig.world.script(v2, { kind: 'unhealthy' });
    rig.repository.commit(hold(v2));
    const report = await rig.sync();
    expect(report.racks[0]).to.include({ outcome: 'failed' });
    expect(report.status.racks[0]).to.deep.include({ condition: 'Failed', reason: 'Held', image: v2 });
    expect((await rig.sync()).racks).to.deep.equal([]);
  });

  it('bakes many racks at the same time', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `rack-${index}`);
    rig.world.addImage(...names.map((name) => imageRef(`${name}-1.0`)));
    rig.repository.commit(
      Object.fromEntries(names.map((name) => [`racks/${name}.yaml`, definition(name, { bake: '4s' })])),
    );
    const begin = rig.world.now();
    expect((await rig.sync()).exitCode).to.equal(0);
    expect(rig.world.now() - begin).to.be.below(6_000);
  });

  it('does not take a folder with too many files for an empty one, whatever is allowed', async () => {
    rig.repository.commit(web());
    await rig.sync();
    const many = Array.from({ length: 5_001 }, (_, n): [string, string] => [`racks/r${n}.yaml`, '']);
    rig.repository.commit(Object.fromEntries(many));
    const report = await rig.sync({ allowPrune: 100 });
    expect(report.problems.map((problem) => problem.code)).to.include('E_TOO_MANY_FILES');
    expect(report.status.racks.find((item) => item.name === 'web')?.image).to.deep.equal(v1);
  });

  it('tells a refused rewind once, and held removals', async () => {
    const first = rig.repository.commit(web());
    rig.repository.commit(web(v2));
    await rig.sync();
    rig.repository.reset(first);
    await rig.sync();
    await rig.sync();
    const failed = rig.events.filter((event) => event.code === 'SourceFailed');
    expect(failed.map((event) => event.error)).to.deep.equal(['E_HISTORY_REWOUND']);
  });

  it('holds only the rack whose files cannot be kept, and those that need it', async () => {
    const database = imageRef('database-1.0');
    const files = 'files: [{path: /etc/a, source: a.txt}]';
    rig.repository.commit({
      'racks/database.yaml': definition('database', { image: database, more: files }),
      'racks/a.txt': 'text',
      'racks/other.yaml': definition('other', { image: imageRef('web-3.0') }),
      ...web(v1, { dependsOn: ['database'] }),
    });
    const store = rig.store();
    const putBlob = store.putBlob;
    store.putBlob = async () => {
      throw new RackError('E_STATE', 'cannot write a blob');
    };
    const report = await rig.sync();
    store.putBlob = putBlob;
    expect(report.problems).to.deep.equal([]);
    expect(report.racks.map(({ rack: name, outcome }) => [name, outcome])).to.deep.equal([
      ['database', 'failed'],
      ['other', 'done'],
      ['web', 'waiting'],
    ]);
    expect(report.exitCode).to.equal(1);
    expect((await rig.sync()).exitCode).to.equal(0);
  });

  it('without an agent finds out that a rack has become unhealthy, and that it is well again', async () => {
    rig.repository.commit(web());
    await rig.sync({}, true);
    expect((await rig.sync({}, true)).exitCode).to.equal(0);
    rig.world.script(v1, { kind: 'unhealthy' });
    await rig.reboot();
    const report = await rig.sync({}, true);
    expect(report.racks[0]).to.include({ action: 'heal', outcome: 'done' });
    expect(report.exitCode).to.equal(1);
    expect(report.status.racks[0]).to.deep.include({ condition: 'Failed', health: 'unhealthy' });
    rig.world.script(v1, { kind: 'runs' });
    await rig.reboot();
    expect((await rig.sync({}, true)).exitCode).to.equal(0);
  });

  it('without an agent shows that a rack fails which was taken over without a stop', async () => {
    rig.world.script(v1, { kind: 'sickens', afterMs: 60_000 });
    rig.repository.commit(web());
    await rig.sync({}, true);
    await rig.world.advance(60_000);
    rig.repository.commit({
      'racks/web.yaml': (web()['racks/web.yaml'] ?? '').replace('interval: 100ms', 'interval: 200ms'),
    });
    const report = await rig.sync({}, true);
    expect(report.racks[0]).to.include({ action: 'adopt', outcome: 'done' });
    expect(report.status.racks[0]).to.include({ condition: 'Failed', health: 'unhealthy' });
    expect(report.exitCode).to.equal(1);
  });
});
