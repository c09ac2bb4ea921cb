/** Rollouts over a writable layer that hides something, and resets, through the whole reconciler on the memory host. */
import { expect } from 'chai';
import { createMemoryHost } from '../../../src/host/memory/index.js';
import type { RackError, ShadowFacts } from '../../../src/model/index.js';
import { resettable } from '../../../src/reconciler/index.js';
import { imageRef } from '../../support/builders.js';
import { definition, type MemoryRig, memoryRig } from '../../support/memory-rig.js';
import { refusal } from '../../support/refusal.js';

const [v1, v2] = [imageRef('web-1'), imageRef('web-2')];
const differs = { content: false, looks: true };
const conflict: ShadowFacts = {
  upper: 'file',
  running: 'file',
  next: 'file',
  upperRunning: differs,
  upperNext: differs,
  runningNext: differs,
  hidden: { count: 0, names: [] },
  feature: null,
  leave: { written: true, sealed: false, opaque: false, covers: [] },
};
/** Old content, with a mode of the team's. */
const stale: ShadowFacts = {
  ...conflict,
  upperRunning: { content: true, looks: false },
  upperNext: { content: false, looks: false },
};
const drop = 'shadow: {default: drop}';
const refresh = 'shadow: {default: refresh}';

describe('what the writable layer hides', () => {
  let rig: MemoryRig;

  beforeEach(async () => {
    rig = await memoryRig();
    rig.world.addImage(v1, v2);
    await swapTo(v1);
    rig.world.clearTrace();
  });
  afterEach(() => rig.dispose());

  async function swapTo(image: typeof v1, rollout = 'data: keep', rehearse: 'never' | 'auto' = 'never') {
    rig.repository.commit({
      'racks/web.yaml': definition('web', { image, bake: '100ms', rollout, rehearse }),
    });
    return (await rig.sync()).racks.find(({ rack }) => rack === 'web');
  }
  const status = async () => (await rig.sync()).status.racks[0];
  const history = async () => (await rig.store().history('web', 50)).map(({ event }) => event);
  const running = async () => (await rig.store().record('web'))?.committed?.desired.image.file;

  it('keeps a rollout from beginning, with nothing stopped and nothing quarantined, and not once it is gone', async () => {
    rig.world.shadow('web', { '/usr/bin/app': conflict });
    const before = rig.world.snapshot();
    expect(await swapTo(v2)).to.include({ outcome: 'failed', reason: 'Shadow' });
    expect(await status()).to.include({ condition: 'Failed', reason: 'Shadow', health: 'healthy' });
    expect(rig.world.snapshot()).to.deep.equal(before);
    expect(await history()).to.deep.equal(['installed', 'failed']);
    rig.world.shadow('web', {});
    expect((await rig.sync()).racks[0]).to.include({ outcome: 'done' });
    expect(await status()).to.include({ condition: 'Ready' });
  });

  it('is told and gone on from where it is no error, and where nobody could look', async () => {
    rig.world.shadow('web', { '/etc/app': conflict });
    expect((await swapTo(v2))?.message).to.contain('1 file(s) of the writable layer hide');
    expect((await rig.store().history('web', 1))[0]?.message).to.contain('rackops shadow web');
    rig.world.failOn('shadows.report');
    const blind = await swapTo(v1);
    expect(blind).to.include({ outcome: 'done' });
    expect(blind?.message).to.contain('could not be looked at');
    rig.world.failOn('shadows.report', 1, new Error('of no kind that anybody knows'));
    expect(await swapTo(v2)).to.include({ outcome: 'done' });
  });

  it('keeps a rollout from beginning also when not all was seen, where the definition relies on it', async () => {
    rig.world.shadow('web', {}, 'it took too long');
    expect(await swapTo(v2, 'shadow: {default: fail}')).to.include({ reason: 'ShadowIncomplete' });
    expect(await swapTo(v2)).to.include({ outcome: 'done' });
  });

  it('is not looked at where the image stays the same', async () => {
    const calls = rig.world.calls('shadows.report');
    expect(await swapTo(v1, 'snapshots: 2')).to.include({ outcome: 'done' });
    expect(rig.world.calls('shadows.report')).to.equal(calls);
  });

  it('is dropped while nothing is mounted, and is back after a version that fails', async () => {
    rig.world.shadow('web', { '/usr/bin/app': conflict });
    rig.world.script(v2, { kind: 'unhealthy' });
    expect(await swapTo(v2, drop)).to.include({ outcome: 'rolled-back' });
    expect(rig.world.shadowed('web')).to.deep.equal(['/usr/bin/app']);
    rig.world.script(v2, { kind: 'runs' });
    await rig.operate({ kind: 'retry', rack: 'web' });
    expect((await rig.sync()).racks[0]).to.include({ outcome: 'done' });
    expect(rig.world.shadowed('web')).to.deep.equal([]);
  });

  it('is refreshed at the swap by what was made before the stop, and is back after a version that fails', async () => {
    rig.world.shadow('web', { '/usr/bin/app': stale });
    rig.world.script(v2, { kind: 'unhealthy' });
    expect(await swapTo(v2, refresh)).to.include({ outcome: 'rolled-back' });
    expect(rig.world.shadowed('web')).to.deep.equal(['/usr/bin/app']);
    expect(rig.world.replacements()).to.equal(0);
    rig.world.script(v2, { kind: 'runs' });
    await rig.operate({ kind: 'retry', rack: 'web' });
    expect((await rig.sync()).racks[0]).to.include({ outcome: 'done' });
    expect(rig.world.shadowed('web')).to.deep.equal([]);
  });

  for (const [policy, facts] of [
    [drop, conflict],
    [refresh, stale],
  ] as const) {
    it(`is rehearsed as it will be, so that the verdict counts (${policy})`, async () => {
      rig.world.shadow('web', { '/usr/bin/app': facts });
      rig.world.scriptRehearsal(v2, { kind: 'unhealthy' });
      expect(await swapTo(v2, policy, 'auto')).to.include({ outcome: 'failed', reason: 'RehearsalFailed' });
      expect(rig.world.shadowed('web')).to.deep.equal(['/usr/bin/app']);
      expect(rig.world.replacements()).to.equal(0);
    });
  }

  it('is not begun, with nothing stopped and nothing left, where what takes its place cannot be made', async () => {
    rig.world.shadow('web', { '/usr/bin/app': stale });
    rig.world.failOn('shadows.prepareAside');
    const before = rig.world.snapshot();
    expect(await swapTo(v2, refresh)).to.include({ outcome: 'failed' });
    expect(rig.world.snapshot()).to.deep.equal(before);
    expect(rig.world.replacements()).to.equal(0);
    expect((await rig.sync()).racks[0]).to.include({ outcome: 'done' });
  });

  for (const moment of ['before', 'middle', 'after'] as const) {
    it(`is refreshed once and for all when the agent dies ${moment} its replacement is made, and nothing of the first is left`, async () => {
      rig.world.shadow('web', { '/usr/bin/app': stale });
      rig.world.crashOn('shadows.prepareAside', 1, moment);
      await swapTo(v2, refresh).catch(() => {});
      rig.world.clearFaults();
      await rig.restart();
      await rig.sync();
      await rig.sync();
      expect(await running()).to.equal(v2.file);
      expect(rig.world.shadowed('web')).to.deep.equal([]);
      expect(rig.world.replacements()).to.equal(1);
    });
  }

  it('is merged on request by a stop and a start, and as it was when that is not healthy', async () => {
    const merge = (): Promise<string> =>
      rig.operate({ kind: 'merge', rack: 'web', path: '/etc/app', to: 'web-2.iso' });
    rig.world.shadow('web', { '/etc/app': conflict });
    rig.world.script(v1, { kind: 'unhealthy' });
    await refusal(merge(), 'E_SHADOW_MERGE');
    expect(rig.world.shadowed('web')).to.deep.equal(['/etc/app']);
    rig.world.script(v1, { kind: 'runs' });
    expect(await merge()).to.contain('merged what changed in web-2.iso into /etc/app of "web"');
    expect(await history()).to.contain('reset');
    expect((await rig.store().record('web'))?.quarantined).to.deep.equal([]);
  });

  it('is not merged where there is nothing to be merged', async () => {
    rig.world.shadow('web', { '/etc/app': { ...conflict, runningNext: { content: true, looks: true } } });
    const before = rig.world.snapshot();
    const merge = rig.operate({ kind: 'merge', rack: 'web', path: '/etc/app', to: null });
    await refusal(merge, 'E_SHADOW_MERGE');
    expect(rig.world.snapshot()).to.deep.equal(before);
  });

  for (const operation of [
    'shadows.setAside',
    'mounts.mountTree',
    'mounts.unmountTree',
    'supervisor.start',
  ]) {
    for (const moment of ['before', 'middle', 'after'] as const) {
      it(`is dropped once and for all when the agent dies ${moment} ${operation}`, async () => {
        rig.world.shadow('web', { '/usr/bin/app': conflict });
        rig.world.crashOn(operation, 1, moment);
        const died = await swapTo(v2, drop).then(
          () => false,
          () => true,
        );
        rig.world.clearFaults();
        await rig.restart();
        await rig.sync();
        expect(await running(), String(died)).to.equal(v2.file);
        expect(rig.world.shadowed('web')).to.deep.equal([]);
      });

      // A service that was started lives on without the agent, which then only has to look at it.
      const isUp = operation === 'supervisor.start' && moment !== 'before';
      it(`is ${isUp ? 'gone, with the new version up,' : 'back'} when the agent dies ${moment} ${operation} too often`, async () => {
        rig.world.shadow('web', { '/usr/bin/app': conflict });
        for (let life = 0; life < 4 && (await running()) === v1.file; life++) {
          rig.world.crashOn(operation, 1, moment);
          await (life === 0 ? swapTo(v2, drop) : rig.sync()).catch(() => {});
          rig.world.clearFaults();
          await rig.restart();
        }
        await rig.sync();
        expect(await running()).to.equal(isUp ? v2.file : v1.file);
        expect(rig.world.shadowed('web')).to.deep.equal(isUp ? [] : ['/usr/bin/app']);
      });
    }
  }

  it('is reset on request by a stop and a start, and told in the history', async () => {
    rig.world.shadow('web', { '/etc/app': conflict, '/etc/other': conflict });
    const message = await rig.operate({ kind: 'reset', rack: 'web', paths: ['/etc/app'], manner: 'plain' });
    expect(message).to.contain('reset /etc/app of "web"');
    expect(rig.world.shadowed('web')).to.deep.equal(['/etc/other']);
    expect(await history()).to.deep.equal(['installed', 'reset']);
    expect((await rig.sync()).racks).to.deep.equal([]);
  });

  it('is as it was when the version is not healthy without it, and nobody is quarantined', async () => {
    rig.world.shadow('web', { '/etc/app': conflict });
    rig.world.script(v1, { kind: 'unhealthy' });
    const reset = rig.operate({ kind: 'reset', rack: 'web', paths: ['/etc/app'], manner: 'plain' });
    await refusal(reset, 'E_SHADOW_RESET');
    expect(rig.world.shadowed('web')).to.deep.equal(['/etc/app']);
    expect((await rig.store().record('web'))?.quarantined).to.deep.equal([]);
  });

  it('is not said to be as it was while the way back fails too', async () => {
    rig.world.shadow('web', { '/etc/app': conflict });
    rig.world.script(v1, { kind: 'unhealthy' });
    rig.world.failOn('shadows.putBack');
    const reset = rig.operate({ kind: 'reset', rack: 'web', paths: ['/etc/app'], manner: 'plain' });
    const hint = await reset.then(String, (error: RackError) => error.hint);
    expect(hint).to.contain('not yet as they were');
  });

  it('is not reset where that is not possible: nothing is there, suspended, not installed', async () => {
    const reset = (rack: string) =>
      rig.operate({ kind: 'reset', rack, paths: ['/etc/app'], manner: 'plain' });
    const before = rig.world.snapshot();
    await refusal(reset('web'), 'E_SHADOW_RESET');
    await refusal(reset('nobody'), 'E_UNKNOWN_RACK');
    await rig.operate({ kind: 'suspend', rack: 'web' });
    await refusal(reset('web'), 'E_SUSPENDED');
    const deps = { host: createMemoryHost().host, store: rig.store() };
    await refusal(resettable(deps, { rack: 'web', paths: ['/etc/app'], manner: 'plain' }), 'E_SUSPENDED');
    expect(rig.world.snapshot()).to.deep.equal(before);
  });
});
