/**
 * How a rollout, a rollback or a removal ends: the inventory, the quarantine, the evidence and the history.
 * The write of the record in `commit` is the one point of no return.
 */
import type { CommittedRack, HistoryEntry, RackRecord, StepOf } from '../model/index.js';
import { isQuarantined } from './failure.js';
import { closeJournal } from './journal.js';
import { isoNow, type Lane, warn } from './lane.js';

/** Quarantined digests that are remembered of one rack; the oldest is forgotten first. */
const quarantineLimit = 50;

/** Committed digests that are remembered: a revert goes back a few versions, not a hundred. */
const committedLimit = 20;

export async function commit(step: StepOf<'commit'>, lane: Lane): Promise<string | undefined> {
  const before = await lane.store.record(step.rack);
  const committed = await writeCommitted(lane, step.rack, step.committed, null, step.event === 'adopted');
  await appendHistory(lane, {
    event: step.event,
    from: before?.committed ?? null,
    to: committed,
    reason: lane.plan.reason,
    message: lane.notes.join('; '),
  });
  return `generation ${committed.generation}`;
}

export async function hold(step: StepOf<'hold'>, lane: Lane): Promise<string | undefined> {
  const failure = lane.failure ?? { reason: 'Unknown', message: 'unknown failure', phase: 'bake' as const };
  const before = await lane.store.record(step.rack);
  const committed = await writeCommitted(lane, step.rack, step.committed, failure, false);
  await appendHistory(lane, {
    event: 'held',
    from: before?.committed ?? null,
    to: committed,
    reason: failure.reason,
    message: failure.message,
  });
  return failure.message;
}

async function writeCommitted(
  lane: Lane,
  rack: string,
  committed: Omit<CommittedRack, 'since'>,
  held: { readonly reason: string; readonly message: string } | null,
  adopted: boolean,
): Promise<CommittedRack> {
  const at = isoNow(lane);
  const record = (await lane.store.record(rack)) ?? emptyRecord(rack);
  const complete: CommittedRack = { ...committed, since: at };
  const verdict = held === null ? lane.health : 'unhealthy';
  await lane.store.writeRecord({
    ...record,
    lastGeneration: Math.max(record.lastGeneration, committed.generation),
    committed: complete,
    committedDigests:
      held === null ? withDigest(record, committed.desired.digest) : (record.committedDigests ?? []),
    rolloutId: lane.rolloutId,
    lastFailure: null,
    removing: null,
    removedAt: null,
    health: adopted ? record.health : { verdict, at },
    held: held === null ? null : { reason: held.reason, message: held.message, at },
  });
  lane.committed = true;
  return complete;
}

function withDigest({ committedDigests = [] }: RackRecord, digest: string): readonly string[] {
  return [...committedDigests.filter((known) => known !== digest), digest].slice(-committedLimit);
}

/** After a rollback or an undo: the failure is remembered with its evidence, the journal is closed. */
export async function settle(step: StepOf<'settle'>, lane: Lane): Promise<string | undefined> {
  const { rack, to, restored, blames } = step;
  const failure = lane.failure ?? { reason: 'Unknown', message: 'unknown failure', phase: 'begin' as const };
  const at = isoNow(lane);
  const record = (await lane.store.record(rack)) ?? emptyRecord(rack);
  const quarantined = isQuarantined(failure) && lane.journal?.forgiven !== true && blames;
  // After a crash between the record and the journal it is all there already.
  const isRepeated = record.quarantined.some((entry) => entry.rolloutId === lane.rolloutId);
  const isNews =
    (quarantined && !isRepeated) ||
    !blames ||
    record.lastFailure?.message !== failure.message ||
    record.lastFailure.digest !== to.desired.digest;
  const next: RackRecord = {
    ...record,
    lastGeneration: quarantined ? Math.max(record.lastGeneration, to.generation) : record.lastGeneration,
    quarantined: quarantined
      ? [
          ...record.quarantined.filter((entry) => entry.digest !== to.desired.digest),
          {
            digest: to.desired.digest,
            image: to.desired.image,
            revision: to.desired.revision,
            reason: failure.reason,
            message: failure.message,
            at,
            rolloutId: lane.rolloutId,
          },
        ].slice(-quarantineLimit)
      : record.quarantined,
    lastFailure:
      quarantined || lane.journal?.forgiven === true || !blames
        ? null
        : { digest: to.desired.digest, reason: failure.reason, message: failure.message, at },
    health: lane.touched && restored !== null ? { verdict: lane.health, at } : record.health,
  };
  if (isNews) {
    await lane.store.writeRecord(next);
    await appendHistory(lane, {
      event: lane.touched && restored !== null ? 'rolled-back' : 'failed',
      from: { desired: to.desired, generation: to.generation },
      // Nothing was put back where nothing was taken away.
      to: lane.touched ? restored : null,
      reason: failure.reason,
      message: [failure.message, ...lane.notes].join('; '),
    });
  }
  await closeJournal({ kind: 'closeJournal', rack }, lane);
  return quarantined ? 'quarantined' : undefined;
}

export async function forget(step: StepOf<'forget'>, lane: Lane): Promise<string | undefined> {
  const record = await lane.store.record(step.rack);
  if (record === null) return undefined;
  await lane.store.writeRecord({
    ...record,
    committed: null,
    rolloutId: null,
    lastFailure: null,
    removing: null,
    removedAt: isoNow(lane),
    health: null,
    held: null,
  });
  await appendHistory(lane, {
    event: 'removed',
    from: record.committed,
    to: null,
    reason: lane.plan.reason,
    message: `writable directory kept until: rackops purge ${step.rack}`,
  });
  return 'writable directory kept';
}

type Side = Pick<CommittedRack, 'desired' | 'generation'>;

export async function appendHistory(
  lane: Lane,
  entry: {
    event: HistoryEntry['event'];
    from: Side | null;
    to: Side | null;
    reason: string;
    message: string;
  },
): Promise<void> {
  // A rollback is about the version that failed, not about the one that is back.
  const about = entry.event === 'rolled-back' ? entry.from : (entry.to ?? entry.from);
  // The history informs, it decides nothing: what cannot be appended does not undo what was done.
  const append = lane.store.appendHistory({
    at: isoNow(lane),
    rack: lane.plan.rack,
    rolloutId: lane.rolloutId,
    event: entry.event,
    revision: about?.desired.revision ?? null,
    fromImage: entry.from?.desired.image ?? null,
    toImage: entry.to?.desired.image ?? null,
    digest: about?.desired.digest ?? null,
    generation: about?.generation ?? null,
    reason: entry.reason,
    message: entry.message,
    durationMs: lane.host.clock.now() - lane.startedAt,
  });
  await append.catch((error) => warn(lane, 'HistoryNotWritten', error));
}

export function emptyRecord(rack: string): RackRecord {
  return {
    format: 1,
    rack,
    lastGeneration: 0,
    committed: null,
    rolloutId: null,
    quarantined: [],
    lastFailure: null,
    suspended: null,
    removing: null,
    removedAt: null,
    health: null,
    held: null,
  };
}
