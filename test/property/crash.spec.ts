/**
 * Kill the agent before, in the middle of and after every acting call of a whole life of a rack; start again; the machine must end as if nothing had happened.
 * Generated from the trace of the undisturbed run, so that no call is forgotten. The real kernel's side of this is in test/crash.
 */
import { expect } from 'chai';
import { Crash, type CrashMoment } from '../../src/host/memory/index.js';
import { hasCode } from '../../src/model/index.js';
import { imageRef } from '../support/builders.js';
import { definition, type MemoryRig, memoryRig } from '../support/memory-rig.js';

const v1 = imageRef('web-1.0');
const v2 = imageRef('web-2.0');
const files = (
  image: typeof v1,
  rollout = 'data: keep',
  rehearse: 'auto' | 'never' = 'auto',
  quiesce = false,
): Record<string, string> => ({
  'racks/web.yaml': definition('web', {
    image,
    listen: '127.0.0.1:80',
    bake: '200ms',
    rollout,
    rehearse,
    quiesce,
  }),
  'racks/other.yaml': definition('other', { image: imageRef('other-1.0') }),
});

interface Operation {
  readonly name: string;
  /** Data are brought to rest in the part that is disturbed. */
  readonly freezes?: true;
  /** What has happened before the part that is disturbed. */
  readonly prepare: (rig: MemoryRig) => Promise<void>;
  readonly act: (rig: MemoryRig) => void;
  /** What a person asks for by hand, after `act`; asked again when the agent died before anything of it was remembered. */
  readonly ask?: (rig: MemoryRig) => Promise<unknown>;
}

const installed = async (rig: MemoryRig): Promise<void> => {
  rig.repository.commit(files(v1));
  await rig.sync();
};

/** Each version writes into its tree when it starts. */
const installedWithData = async (rig: MemoryRig): Promise<void> => {
  rig.world.writesAtStart(v1, 'one');
  rig.world.writesAtStart(v2, 'two');
  await installed(rig);
};

/** Snapshot 1, and something else since. */
const withSnapshots = async (rig: MemoryRig): Promise<void> => {
  await installedWithData(rig);
  await rig.operate({ kind: 'snapshot', rack: 'web', restore: null, discard: false });
  rig.world.write('web', 'since');
};

const operations: readonly Operation[] = [
  { name: 'install', prepare: async () => {}, act: (rig) => void rig.repository.commit(files(v1)) },
  { name: 'swap', prepare: installed, act: (rig) => void rig.repository.commit(files(v2)) },
  {
    name: 'swap whose rehearsal fails',
    prepare: async (rig) => {
      rig.world.script(v2, { kind: 'unhealthy' });
      await installed(rig);
    },
    act: (rig) => void rig.repository.commit(files(v2)),
  },
  {
    name: 'swap whose rehearsal is on a copy and fails',
    freezes: true,
    prepare: async (rig) => {
      rig.world.script(v2, { kind: 'unhealthy' });
      rig.repository.commit(files(v1, 'data: keep', 'auto', true));
      await rig.sync();
    },
    act: (rig) => void rig.repository.commit(files(v2, 'data: keep', 'auto', true)),
  },
  {
    name: 'swap with rollback',
    prepare: async (rig) => {
      rig.world.script(v2, { kind: 'unhealthy' });
      await installed(rig);
    },
    act: (rig) => void rig.repository.commit(files(v2, 'data: keep', 'never')),
  },
  {
    name: 'swap that seals',
    prepare: installedWithData,
    act: (rig) => void rig.repository.commit(files(v2, 'data: restore')),
  },
  {
    name: 'swap that seals, with rollback',
    prepare: async (rig) => {
      rig.world.script(v2, { kind: 'unhealthy' });
      await installedWithData(rig);
    },
    act: (rig) => void rig.repository.commit(files(v2, 'data: restore', 'never')),
  },
  {
    name: 'swap that takes up a merged layer',
    prepare: async (rig) => {
      await installedWithData(rig);
      for (const image of [v2, v1]) {
        rig.repository.commit(files(image, 'data: restore, snapshots: 1'));
        await rig.sync();
      }
      await rig.merge();
    },
    act: (rig) => void rig.repository.commit(files(v2, 'data: restore, snapshots: 1')),
  },
  {
    name: 'snapshot by hand',
    prepare: withSnapshots,
    act: () => {},
    ask: (rig) => rig.operate({ kind: 'snapshot', rack: 'web', restore: null, discard: false }),
  },
  {
    name: 'restore of a snapshot, what was there is set aside',
    prepare: withSnapshots,
    act: () => {},
    ask: (rig) => rig.operate({ kind: 'snapshot', rack: 'web', restore: '1', discard: false }),
  },
  {
    name: 'restore of a snapshot, what was there is discarded',
    prepare: withSnapshots,
    act: () => {},
    ask: (rig) => rig.operate({ kind: 'snapshot', rack: 'web', restore: '1', discard: true }),
  },
  {
    name: 'failed first install',
    prepare: async (rig) => rig.world.script(v1, { kind: 'never starts' }),
    act: (rig) => void rig.repository.commit(files(v1)),
  },
  {
    name: 'removal',
    prepare: installed,
    act: (rig) => void rig.repository.commit({ 'racks/other.yaml': files(v1)['racks/other.yaml'] ?? '' }),
  },
  {
    name: 'heal after the keeper died',
    prepare: async (rig) => {
      await installed(rig);
      rig.world.killKeeper();
    },
    act: () => {},
  },
];

async function begin(operation: Operation): Promise<MemoryRig> {
  const rig = await memoryRig();
  rig.world.addImage(v1, v2, imageRef('other-1.0'));
  await operation.prepare(rig);
  operation.act(rig);
  rig.world.clearTrace();
  return rig;
}

/** Syncs until a pass has nothing to do; a life that ends is followed by the next. */
async function settle(rig: MemoryRig, { ask }: Operation): Promise<void> {
  const committed = async (): Promise<number | undefined> =>
    (await rig.store().record('web'))?.committed?.generation;
  const before = await committed();
  const isToBeAsked = async (): Promise<boolean> =>
    ask !== undefined && (await committed()) === before && (await rig.store().journals()).length === 0;
  for (let pass = 0; pass < 12; pass++) {
    try {
      if (ask !== undefined && (await isToBeAsked())) await askFor(rig, ask);
      if ((await rig.sync()).racks.length === 0 && !(await isToBeAsked())) return;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await rig.restart();
    }
  }
  throw new Error('does not settle');
}

/** A person only sees that it failed; the agent has died meanwhile, or refused. */
async function askFor(rig: MemoryRig, ask: NonNullable<Operation['ask']>): Promise<void> {
  await ask(rig).catch(async (error) => {
    if (!(error instanceof Crash || hasCode(error, 'E_SNAPSHOT'))) throw error;
    await rig.restart();
  });
}

/** Without what may differ: generations go on counting, the failed one's log does too. Times differ as well. */
const outcome = async (rig: MemoryRig): Promise<object> => ({
  ...rig.world.shape(),
  snapshots: (await rig.observe('web').catch(() => null))?.snapshots.map(({ id, layers, reason }) => ({
    id,
    layers,
    reason,
  })),
});

describe('a killed agent', () => {
  for (const operation of operations) {
    it(`ends as if it had not been killed: ${operation.name}`, async function () {
      this.timeout(240_000);
      const calm = await begin(operation);
      await settle(calm, operation);
      const expected = await outcome(calm);
      expect(
        calm.world.commands().some((command) => command.includes(': freeze')),
        'freezes',
      ).to.equal(operation.freezes === true);
      const trace = calm.world.trace().filter((call) => !isLooking(call));
      await calm.dispose();

      const counts = new Map<string, number>();
      const failures: string[] = [];
      for (const call of trace) {
        // Before a call is after the one before it.
        const moments: CrashMoment[] =
          counts.size === 0 ? ['before', 'middle', 'after'] : ['middle', 'after'];
        const nth = (counts.get(call) ?? 0) + 1;
        counts.set(call, nth);
        for (const moment of moments) {
          const rig = await begin(operation);
          rig.world.crashOn(call, nth, moment);
          await settle(rig, operation).catch((error: Error) =>
            failures.push(`${moment} ${call} #${nth}: ${error.message}`),
          );
          try {
            expect(await outcome(rig)).to.deep.equal(expected);
            expect(isFrozen(rig.world.commands()), 'frozen').to.equal(false);
            expect(await rig.store().journals()).to.deep.equal([]);
          } catch (error) {
            failures.push(`${moment} ${call} #${nth}: ${(error as Error).message}`);
          }
          await rig.dispose();
        }
      }
      expect(counts.size).to.be.greaterThan(3);
      expect(failures).to.deep.equal([]);
    });
  }

  it('three times in one rollout ends in the old version, quarantined as Interrupted', async () => {
    const rig = await begin(operations[1] as Operation);
    for (let crash = 0; crash < 3; crash++) {
      rig.world.crashOn('store.writeRecord', 1, 'before');
      await rig.sync().catch((error) => expect(error).to.be.instanceOf(Crash));
      await rig.restart();
    }
    const report = await rig.sync();
    const web = report.status.racks.find((rack) => rack.name === 'web');
    expect(web).to.deep.include({ image: v1, condition: 'Failed', reason: 'Interrupted' });
    expect((await rig.sync()).racks).to.deep.equal([]);
    await rig.dispose();
  });
});

function isLooking(call: string): boolean {
  return /^store\.(records?|journals|applied|summary|lastPass|history|evidence|hostSuspended)$/.test(call);
}

function isFrozen(commands: readonly string[]): boolean {
  const last = (name: string): number => commands.findLastIndex((command) => command.includes(name));
  return last(': freeze') > last(': thaw');
}
