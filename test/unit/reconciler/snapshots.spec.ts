/** Data on rollback, snapshots and merging, through the whole reconciler on the memory host, where a layer is the list of what was written into it. */
import { expect } from 'chai';
import { type RackData, RackError } from '../../../src/model/index.js';
import { imageRef } from '../../support/builders.js';
import { definition, type MemoryRig, memoryRig } from '../../support/memory-rig.js';
import { refusal } from '../../support/refusal.js';

const images = ['1', '2', '3', '4', '5', '6'].map((version) => imageRef(`web-${version}`));
const [v1, v2] = images as [(typeof images)[0], (typeof images)[0]];

describe('the data of a rack', () => {
  let rig: MemoryRig;

  beforeEach(async () => {
    rig = await memoryRig();
    rig.world.addImage(...images, imageRef('other-1.0'));
    for (const [index, image] of images.entries()) rig.world.writesAtStart(image, `${index + 1}`);
  });
  afterEach(() => rig.dispose());

  const commit = (image: (typeof images)[0], rollout = 'data: restore'): void => {
    rig.repository.commit({
      'racks/other.yaml': definition('other', { image: imageRef('other-1.0') }),
      'racks/web.yaml': definition('web', { image, bake: '100ms', rollout, rehearse: 'never' }),
    });
  };
  async function swapTo(image: (typeof images)[0], rollout?: string) {
    commit(image, rollout);
    const report = await rig.sync();
    return report.racks.find(({ rack }) => rack === 'web');
  }
  const written = (): string => rig.world.read('web').join(' ');
  const data = (): Promise<RackData> => rig.observe('web');
  /** What was done to the machine; the agent's own notes do not count. */
  const acts = (): readonly string[] => rig.world.trace().filter((call) => !call.startsWith('store.'));
  const ids = async (): Promise<string> => (await data()).snapshots.map(({ id }) => id).join(' ');

  it('stay in one layer with data: keep, whatever becomes of a version', async () => {
    await swapTo(v1, 'data: keep');
    rig.world.script(v2, { kind: 'unhealthy' });
    await swapTo(v2, 'data: keep');
    expect(written()).to.equal('1 2');
    expect(await data()).to.deep.equal({
      rack: 'web',
      names: ['1'],
      stack: { layer: 1, sealed: [] },
      snapshots: [],
    });
  });

  it('are as they were at the stop after a rollback, with data: restore', async () => {
    await swapTo(v1);
    rig.world.write('web', 'state');
    rig.world.script(v2, { kind: 'unhealthy' });
    expect(await swapTo(v2)).to.include({ outcome: 'rolled-back' });
    expect(written()).to.equal('1 state');
    expect(await data()).to.deep.include({ names: ['1'], snapshots: [] });
    expect((await rig.sync()).racks).to.deep.equal([]);
  });

  it('keep the layer before as a snapshot once a version is committed', async () => {
    await swapTo(v1);
    await swapTo(v2);
    expect(written()).to.equal('1 2');
    const [snapshot] = (await data()).snapshots;
    expect(snapshot).to.deep.include({ id: '1', layers: ['1'], image: v1, generation: 1, reason: 'rollout' });
    expect((await rig.store().record('web'))?.committed?.tree).to.deep.include({ layer: 2, sealed: ['1'] });
    expect((await rig.sync()).racks).to.deep.equal([]);
  });

  it('are the same after a boot, from as many layers', async () => {
    await swapTo(v1);
    await swapTo(v2);
    await rig.reboot();
    await rig.sync();
    expect(written()).to.equal('1 2');
    expect((await rig.sync()).racks).to.deep.equal([]);
  });

  it('keep three snapshots, merge what is older, and take the merged layer up at the next swap', async () => {
    for (const image of images) {
      await swapTo(image);
      await rig.merge();
    }
    expect(written()).to.equal('1 2 3 4 5 6');
    expect(await ids()).to.equal('3 4 5');
    // Merged after the last swap: 1-2 and 3.
    expect((await data()).names).to.have.members(['6', '5', '4', '3', '1-2', '1-3']);
    await swapTo(v1);
    expect((await data()).names).to.have.members(['7', '6', '5', '4', '1-3']);
    await rig.merge();
    await swapTo(v2, 'data: keep');
    expect((await rig.store().record('web'))?.committed?.tree.sealed).to.deep.equal(['6', '5', '1-4']);
    expect((await data()).names).to.have.members(['7', '6', '5', '1-4']);
    expect(written()).to.equal('1 2 3 4 5 6 1 2');
  });

  it('are told once when they cannot be merged, and are swapped as before', async () => {
    for (const image of images.slice(0, 5)) await swapTo(image);
    rig.world.failOn('data.mergeLayers', 1, new RackError('E_LAYER_DEPTH', 'too deep'));
    await rig.merge();
    expect(rig.events.filter(({ code }) => code === 'Warning')).to.deep.equal([
      { code: 'Warning', warning: 'LayersNotMerged', message: 'web: too deep' },
    ]);
    expect(await swapTo(images[5] ?? v1)).to.include({ outcome: 'done' });
    expect(written()).to.equal('1 2 3 4 5 6');
  });

  it('keep as many snapshots as the definition says', async () => {
    for (const image of images) await swapTo(image, 'data: restore, snapshots: 1');
    expect(await ids()).to.equal('5');
    await rig.merge();
    expect((await data()).names).to.include('1-5');
  });

  it('go back from merged layers as well: the old tree has what it had', async () => {
    for (const image of images.slice(0, 5)) await swapTo(image);
    await rig.merge();
    rig.world.script(images[5] ?? v1, { kind: 'never starts' });
    expect(await swapTo(images[5] ?? v1)).to.include({ outcome: 'rolled-back' });
    expect(written()).to.equal('1 2 3 4 5');
    expect((await rig.sync()).racks).to.deep.equal([]);
  });

  it('of a removed rack are taken up again, all layers of them', async () => {
    await swapTo(v1);
    await swapTo(v2);
    rig.repository.commit({ 'racks/other.yaml': definition('other', { image: imageRef('other-1.0') }) });
    await rig.sync();
    await swapTo(v2);
    expect((await rig.store().record('web'))?.committed?.tree).to.deep.include({ layer: 2, sealed: ['1'] });
    expect(written()).to.equal('1 2');
  });

  describe('whose list cannot be read', () => {
    const warnings = (): readonly string[] =>
      rig.events.flatMap((event) =>
        event.code === 'Warning' && event.warning === 'DataUnreadable' ? [event.message] : [],
      );

    it('are not moved, not deleted and not written over; a pass says so', async () => {
      for (const image of images.slice(0, 3)) await swapTo(image);
      const before = await data();
      const mend = rig.world.damageManifest('web');
      rig.world.clearTrace();
      for (const rollout of ['data: restore', 'data: keep']) {
        expect(await swapTo(images[3] ?? v1, rollout)).to.equal(undefined);
        expect(acts()).to.deep.equal([]);
      }
      expect(warnings()).to.have.length(2);
      expect(warnings()[0]).to.contain('web').and.contain('layers.json').and.contain('backup');
      const report = await rig.sync();
      expect(report.status.racks.find(({ name }) => name === 'web')).to.deep.include({
        condition: 'Failed',
        reason: 'DataUnreadable',
        image: images[2],
      });
      expect(report.exitCode).to.equal(1);
      await rig.merge();
      expect(acts()).to.deep.equal([]);
      mend();
      expect(await data()).to.deep.equal(before);
      expect(await swapTo(images[3] ?? v1)).to.include({ outcome: 'done' });
      expect(await ids()).to.equal('1 2 3');
    });

    it('are healed as they are: the record says which layers are in use', async () => {
      for (const image of [v1, v2]) await swapTo(image);
      rig.world.damageManifest('web');
      await rig.reboot();
      await rig.sync();
      expect(written()).to.equal('1 2');
    });

    it('are not taken up by numbers where nothing is remembered of the rack', async () => {
      for (const image of [v1, v2]) await swapTo(image);
      rig.repository.commit({ 'racks/other.yaml': definition('other', { image: imageRef('other-1.0') }) });
      await rig.sync();
      rig.world.damageManifest('web');
      rig.world.clearTrace();
      expect(await swapTo(v2)).to.equal(undefined);
      expect(acts()).to.deep.equal([]);
    });

    it('are no reason to leave a rollout half-way: it goes back, blames no version, and releases nothing', async () => {
      for (const image of [v1, v2]) await swapTo(image);
      rig.world.crashOn('data.sealLayer', 1, 'before');
      await swapTo(images[2] ?? v1).catch(() => {});
      await rig.restart();
      const mend = rig.world.damageManifest('web');
      rig.world.clearTrace();
      const [web] = (await rig.sync()).racks;
      expect(web).to.include({ outcome: 'rolled-back', reason: 'DataUnreadable' });
      expect(rig.world.trace().filter((call) => /sealLayer|releaseLayers/.test(call))).to.deep.equal([]);
      expect(written()).to.equal('1 2');
      expect((await rig.store().record('web'))?.quarantined).to.deep.equal([]);
      expect(await rig.store().journals()).to.deep.equal([]);
      mend();
      expect(await swapTo(images[2] ?? v1)).to.include({ outcome: 'done' });
      expect(written()).to.equal('1 2 3');
    });

    it('go forward where they are sealed already; what is not needed is released by the next rollout', async () => {
      for (const image of [v1, v2]) await swapTo(image, 'data: restore, snapshots: 1');
      rig.world.crashOn('store.writeRecord', 1, 'before');
      await swapTo(images[2] ?? v1, 'data: restore, snapshots: 1').catch(() => {});
      await rig.restart();
      const mend = rig.world.damageManifest('web');
      expect((await rig.sync()).racks[0]).to.include({ action: 'continue', outcome: 'done' });
      mend();
      expect(await ids()).to.equal('2');
      expect(written()).to.equal('1 2 3');
    });

    it('refuse snapshots by hand', async () => {
      await swapTo(v1);
      await rig.operate({ kind: 'snapshot', rack: 'web', restore: null, discard: false });
      rig.world.damageManifest('web');
      rig.world.clearTrace();
      for (const restore of [null, 'newest', '1'])
        expect(
          await refusal(
            rig.operate({ kind: 'snapshot', rack: 'web', restore, discard: false }),
            'E_DATA_UNREADABLE',
          ),
        ).to.contain('layers.json');
      expect(acts()).to.deep.equal([]);
    });
  });

  describe('by hand', () => {
    const create = { kind: 'snapshot' as const, rack: 'web', restore: null, discard: false };

    it('are sealed as a snapshot, and put back from it; nothing is lost', async () => {
      await swapTo(v1, 'data: keep');
      rig.world.write('web', 'good');
      expect(await rig.operate(create)).to.contain('snapshot 1');
      rig.world.write('web', 'bad');
      expect(await rig.operate({ ...create, restore: 'newest' }))
        .to.contain('snapshot 1')
        .and.contain('snapshot 2');
      expect(written()).to.equal('1 good 1');
      expect(await ids()).to.equal('1 2');
      await rig.operate({ ...create, restore: '2' });
      expect(written()).to.contain('bad');
      expect(await ids()).to.equal('1 2 3');
      expect((await rig.sync()).racks).to.deep.equal([]);
    });

    it('are not set aside when they are discarded', async () => {
      await swapTo(v1);
      await rig.operate(create);
      rig.world.write('web', 'bad');
      await rig.operate({ ...create, restore: '1', discard: true });
      expect(await ids()).to.equal('1');
      expect((await data()).names).to.have.members(['1', '3']);
      expect(written()).not.to.contain('bad');
    });

    it('are as before when the services do not come up on them, and no version is blamed', async () => {
      await swapTo(v1);
      await rig.operate(create);
      rig.world.write('web', 'state');
      const before = (await data()).names;
      rig.world.failOn('mounts.mountTree');
      await refusal(rig.operate({ ...create, restore: '1' }), 'E_SNAPSHOT');
      expect(written()).to.contain('state');
      expect((await data()).names).to.deep.equal(before);
      expect(await ids()).to.equal('1');
      expect((await rig.store().record('web'))?.quarantined).to.deep.equal([]);
      expect((await rig.sync()).racks).to.deep.equal([]);
      expect((await rig.sync()).status.racks.find(({ name }) => name === 'web')?.condition).to.equal('Ready');
    });

    it('are refused while the keeper does not answer, and nothing is touched', async () => {
      await swapTo(v1);
      rig.world.freezeKeeper(true);
      const before = rig.world.snapshot();
      rig.world.clearTrace();
      expect(await refusal(rig.operate(create), 'E_KEEPER')).to.contain('does not answer');
      await refusal(rig.operate({ ...create, restore: 'newest' }), 'E_KEEPER');
      expect(acts()).to.deep.equal([]);
      rig.world.freezeKeeper(false);
      expect(rig.world.snapshot()).to.deep.equal({ ...before, keeper: 'running' });
      expect(await rig.operate(create)).to.contain('snapshot 1');
    });

    it('are refused for a rack that is held: what failed stays for a person to look at', async () => {
      await swapTo(v1);
      rig.world.script(v2, { kind: 'unhealthy' });
      await swapTo(v2, 'data: restore, onFailure: hold');
      const held = (await rig.store().record('web'))?.held;
      expect(held).not.to.equal(null);
      const before = rig.world.snapshot();
      expect(await refusal(rig.operate(create), 'E_HELD')).to.contain('held');
      await refusal(rig.operate({ ...create, restore: '1' }), 'E_HELD');
      expect(rig.world.snapshot()).to.deep.equal(before);
      expect((await rig.store().record('web'))?.held).to.deep.equal(held);
    });

    it('are refused for what is not there, not installed, suspended', async () => {
      await refusal(rig.operate(create), 'E_UNKNOWN_RACK');
      await swapTo(v1);
      expect(await refusal(rig.operate({ ...create, restore: 'newest' }), 'E_NO_SNAPSHOT')).to.contain(
        'none',
      );
      await rig.operate(create);
      expect(await refusal(rig.operate({ ...create, restore: '7' }), 'E_NO_SNAPSHOT')).to.contain('has 1');
      await rig.store().writeHostSuspended({ at: '2026-01-01T00:00:00.000Z' });
      await refusal(rig.operate(create), 'E_SUSPENDED');
    });

    it('set aside keep the layers that they lie on from being merged away', async () => {
      await swapTo(v1);
      for (let count = 0; count < 2; count++) await rig.operate(create);
      rig.world.write('web', 'aside');
      await rig.operate({ ...create, restore: '1' });
      for (let count = 0; count < 2; count++) {
        await rig.operate(create);
        await rig.merge();
      }
      expect(await ids()).to.equal('3 4 5');
      const aside = (await data()).snapshots.find(({ id }) => id === '3');
      expect(aside?.layers).to.deep.equal(['3', '2', '1']);
      await rig.operate({ ...create, restore: '3' });
      expect(written()).to.contain('aside');
    });
  });
});
