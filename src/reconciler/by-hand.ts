/**
 * What a person asks for that stops and starts one rack: when it may be done, and how its plan is checked and applied. The same journal, verification and way back as of a pass; the rest of the host is left
 * alone.
 */
import { type ApplyDeps, applyPlan } from '../apply/index.js';
import {
  type CommittedRack,
  isUnreadable,
  type ObservedState,
  type RackData,
  RackError,
  type RackOutcome,
  type RackPlan,
  type RackRecord,
  unreadableError,
} from '../model/index.js';
import { checkPlan, type PlanningInput } from '../planning/index.js';
import type { ReadableStore } from '../store/index.js';
import { dataOf, observe } from './observe.js';

export interface Movable {
  readonly record: RackRecord;
  readonly committed: CommittedRack;
  readonly observed: ObservedState;
  readonly data: RackData;
}

/** Errors: E_UNKNOWN_RACK, E_ROLLOUT_OPEN, E_SUSPENDED, E_HELD, E_KEEPER, E_DATA_UNREADABLE; nothing was touched. */
export async function movable(deps: ApplyDeps, rack: string): Promise<Movable> {
  const { record, committed } = await installed(deps, rack);
  const observed = await observe(deps.host);
  if (observed.supervisor.state === 'unknown')
    throw new RackError(
      'E_KEEPER',
      `cannot touch the data of "${rack}": the keeper runs but does not answer, so nobody knows what runs here`,
      {
        rack,
        hint: 'see keeper.log in the run directory, then try again',
      },
    );
  const data = await dataOf(deps.host, rack);
  if (isUnreadable(data)) throw unreadableError(data);
  return { record, committed, observed, data };
}

/** How it ended. `now`: ms since the epoch. Error: E_INTERNAL for a plan that must not be. */
export async function applyByHand(
  deps: ApplyDeps,
  plan: RackPlan,
  { committed, observed, data, now }: Omit<Movable, 'record'> & { readonly now: number },
): Promise<RackOutcome> {
  const { revision } = committed.desired;
  const whole = { revision, racks: [plan], explanation: [], heldRemovals: [] };
  const input: PlanningInput = {
    now,
    desired: { revision, racks: [], invalid: [], complete: false },
    records: await deps.store.records(),
    journals: [],
    observed,
    data: [data],
    hostSuspended: false,
    prune: { maxPercent: 0, allowance: null },
  };
  const fatal = checkPlan(whole, input).find((note) => note.level === 'fatal');
  if (fatal !== undefined)
    throw new RackError('E_INTERNAL', `internal error: refused its own plan: ${fatal.message}`, {
      blame: 'agent',
    });
  const [outcome] = await applyPlan(whole, deps);
  if (outcome === undefined) throw new Error('internal error: a plan of one rack without an outcome');
  return outcome;
}

/** What to do after one that did not go well; `what` was to be changed. */
export async function hintAfter(
  { store }: ApplyDeps,
  { rack, outcome }: RackOutcome,
  what: string,
): Promise<string> {
  if (outcome === 'waiting') return 'see: rackops status';
  if ((await store.journals()).some((journal) => journal.rack === rack))
    return `the way back is not done, so ${what} are not yet as they were; it is tried again at the next pass; see rackops why ${rack}`;
  return `${what} are as they were; see rackops why, and sync again if it does not run`;
}

/** As far as what is remembered says it. Errors: E_UNKNOWN_RACK, E_ROLLOUT_OPEN, E_SUSPENDED, E_HELD. */
export async function installed(
  { store }: { readonly store: Pick<ReadableStore, 'record' | 'journals' | 'hostSuspended'> },
  rack: string,
): Promise<{ readonly record: RackRecord; readonly committed: CommittedRack }> {
  const record = await store.record(rack);
  if (record === null || record.committed === null) {
    throw new RackError('E_UNKNOWN_RACK', `cannot find an installed rack "${rack}" on this host`, {
      rack,
      hint: 'see: rackops status',
    });
  }
  if ((await store.journals()).some((journal) => journal.rack === rack)) {
    throw new RackError(
      'E_ROLLOUT_OPEN',
      `cannot touch the data of "${rack}": a rollout of it is not ended`,
      {
        rack,
        hint: 'run: rackops sync',
      },
    );
  }
  if (record.suspended !== null || (await store.hostSuspended()) !== null) {
    throw new RackError('E_SUSPENDED', `cannot touch the data of "${rack}": it is suspended`, {
      rack,
      hint: `run: rackops resume ${rack}`,
    });
  }
  if (record.held !== null) {
    throw new RackError(
      'E_HELD',
      `cannot touch the data of "${rack}": it is held after a failed rollout (${record.held.message})`,
      {
        rack,
        hint: `push a fix or a revert; or take it as it is: rackops retry ${rack}`,
      },
    );
  }
  return { record, committed: record.committed };
}
