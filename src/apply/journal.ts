/** The journal of a rollout: written before acting, so that the next pass knows what was meant whenever this one dies. */
import { type RolloutJournal, type StepOf, triesPerRollout } from '../model/index.js';
import { isoNow, type Lane } from './lane.js';

export async function beginRollout(step: StepOf<'begin'>, lane: Lane): Promise<string | undefined> {
  const { resume } = step;
  if (resume !== null) lane.rolloutId = resume.rolloutId;
  lane.touched = resume !== null;
  lane.drops = step.drops;
  await write(lane, {
    format: 1,
    rolloutId: lane.rolloutId,
    rack: step.rack,
    startedAt: isoNow(lane),
    bootId: await lane.host.bootId(),
    from: step.from,
    to: step.to,
    ...(step.discards ? { discards: true } : {}),
    ...(step.drops.length > 0 ? { drops: step.drops } : {}),
    phase: resume === null ? 'begin' : 'touch',
    direction: 'forward',
    failure: null,
    triesLeft: resume?.triesLeft ?? triesPerRollout,
    rollbackAttempts: 0,
    retryAt: null,
  });
  return undefined;
}

export async function touch(step: StepOf<'touch'>, lane: Lane): Promise<string | undefined> {
  await update(lane, { phase: 'touch', ...(lane.drops.length > 0 ? { drops: lane.drops } : {}) });
  lane.touched = true;
  lane.touchedAt = lane.host.clock.now();
  // The unmount of an overlay syncs the file system of its writable layer: done here it is out of the gap.
  if (lane.journal?.from) await lane.host.mounts.syncData(step.rack);
  return undefined;
}

/** From here on only the way back is open, also for the next pass. */
export async function turnBack(lane: Lane): Promise<void> {
  await update(lane, { direction: 'rollback', failure: lane.failure });
}

/** A rollback failed: tried again by a later pass, not before `retryAt` (ms since the epoch). */
export async function stall(lane: Lane, retryInMs: (attempts: number) => number): Promise<void> {
  const attempts = (lane.journal?.rollbackAttempts ?? 0) + 1;
  await update(lane, { rollbackAttempts: attempts, retryAt: lane.host.clock.now() + retryInMs(attempts) });
}

/** The agent was told to stop: that is no crash, so the try is given back. Twice is once. */
export async function park(lane: Lane): Promise<void> {
  if (lane.isParked || lane.committed || !lane.touched || lane.journal?.direction !== 'forward') return;
  lane.isParked = true;
  await update(lane, { triesLeft: lane.journal.triesLeft + 1 });
}

/** Continues the journal of an earlier pass. */
export async function adoptJournal(lane: Lane): Promise<void> {
  const journals = await lane.store.journals();
  const journal = journals.find((candidate) => candidate.rack === lane.plan.rack);
  if (journal === undefined) return;
  lane.journal = journal;
  lane.rolloutId = journal.rolloutId;
}

export async function closeJournal(step: StepOf<'closeJournal'>, lane: Lane): Promise<string | undefined> {
  await lane.store.deleteJournal(step.rack);
  lane.journal = null;
  return undefined;
}

/** Remembered before anything is stopped, so that a crash in the middle does not bring the rack back. */
export async function beginRemoval(step: StepOf<'beginRemoval'>, lane: Lane): Promise<string | undefined> {
  const record = await lane.store.record(step.rack);
  if (record === null || record.removing !== null) return undefined;
  await lane.store.writeRecord({ ...record, removing: { at: isoNow(lane), revision: step.revision } });
  return undefined;
}

async function update(lane: Lane, change: Partial<RolloutJournal>): Promise<void> {
  if (lane.journal !== null) await write(lane, { ...lane.journal, ...change });
}

async function write(lane: Lane, journal: RolloutJournal): Promise<void> {
  await lane.store.writeJournal(journal);
  lane.journal = journal;
}
