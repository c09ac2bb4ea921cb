/**
 * Death that comes more than once: in the recovery too, and again and again in one rollout. And death at a system call, in the middle of an act.
 * A sample in `npm test`; more with RACKOPS_CRASH=all.
 */
import { expect } from 'chai';
import { httpGet } from '../support/rig.js';
import { dieAt, dieAtSystemCall, nameOf, type Point } from './crash.js';
import { CrashRig } from './operations.js';
import { expectRecovery } from './whole.js';

const wantsAll = process.env.RACKOPS_CRASH === 'all';

describe('death that comes again', function () {
  this.timeout(wantsAll ? 3_600_000 : 240_000);
  let host: CrashRig;

  before(async () => {
    host = await CrashRig.create();
    await host.ready('swap');
  });
  after(() => host.rig.dispose());

  for (const [first, second] of pairs()) {
    it(`${nameOf(first)}, and then ${nameOf(second)}, is survived`, async () => {
      const expected = host.ask('swap');
      expect(await dieAt(host.rig, first), 'the first death').to.equal(true);
      expect(await dieAt(host.rig, second), 'the second death').to.equal(true);
      await expectRecovery(host, expected);
    });
  }

  it('in the way back of a broken version too: the old version comes back, whichever call it was', async () => {
    const firsts: readonly Point[] = [
      // The first unmount is the old version's, on the way forward.
      { method: 'mounts.unmountTree', moment: 'after', nth: 2 },
      { method: 'store.writeEvidence', moment: 'after', nth: 1 },
      { method: 'store.deleteJournal', moment: 'after', nth: 1 },
    ];
    for (const first of firsts) {
      const expected = host.ask('rollback');
      expect(await dieAt(host.rig, first), nameOf(first)).to.equal(true);
      await dieAt(host.rig, { method: 'store.writeRecord', moment: 'before', nth: 1 });
      await expectRecovery(host, expected);
    }
  });

  it('ends a rollout after three crashes: the old version is back, the new one in quarantine', async () => {
    const { installed } = host;
    host.ask('swap');
    const deaths: boolean[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      deaths.push(await dieAt(host.rig, { method: 'supervisor.start', moment: 'before', nth: 1 }));
    }
    expect(deaths).to.deep.equal([true, true, true]);
    await host.rig.sync(1);
    const rack = await host.rig.rack('subject');
    expect(rack).to.include({ condition: 'Failed', reason: 'Interrupted' });
    expect(rack.quarantined.at(-1)?.reason).to.equal('Interrupted');
    expect((await httpGet(`http://127.0.0.1:${host.port}/version`)).body).to.equal(`${installed}\n`);
    await host.rig.sync(1);
    await host.rig.rackops(['retry', 'subject']);
    await host.rig.sync(0);
  });

  for (const [call, counts] of systemCalls()) {
    it(`at a system call, ${call}, is survived`, async () => {
      let deaths = 0;
      for (const nth of counts) {
        const expected = host.ask('swap');
        if (await dieAtSystemCall(host.rig, call, nth)) deaths++;
        await expectRecovery(host, expected);
      }
      expect(deaths, 'syncs that died').to.be.greaterThan(0);
    });
  }
});

function pairs(): readonly (readonly [Point, Point])[] {
  const point = (moment: Point['moment'], method: string, nth = 1): Point => ({ method, moment, nth });
  const sample = [
    [point('before', 'mounts.mountTree'), point('after', 'mounts.mountTree')],
    [point('after', 'supervisor.start'), point('before', 'store.writeRecord')],
    [point('after', 'store.writeRecord'), point('before', 'store.deleteJournal')],
  ] as const;
  if (!wantsAll) return sample;
  const firsts = [
    'mounts.prepareTree',
    'supervisor.stop',
    'mounts.unmountTree',
    'mounts.mountTree',
    'supervisor.start',
  ];
  const seconds = ['store.writeJournal', 'mounts.unmountTree', 'store.writeRecord', 'store.deleteJournal'];
  return firsts.flatMap((first) =>
    seconds.flatMap((second) => [
      [point('before', first), point('after', second)] as const,
      [point('after', first), point('before', second)] as const,
    ]),
  );
}

/** Name as strace has it, and which of its calls. */
function systemCalls(): readonly (readonly [string, readonly number[]])[] {
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
  if (wantsAll) {
    return ['mount', 'umount2', 'rename', 'fsync', 'unlink', 'mkdir', 'rmdir'].map(
      (call) => [call, upTo(8)] as const,
    );
  }
  return [
    ['mount', [1, 2]],
    ['umount2', [1, 2]],
    ['rename', [2, 4]],
  ];
}
