/**
 * One rack's lane from its first step to its outcome: forward, or back when a step failed, or parked when the agent must go. Whatever happens, there is an
 * outcome; what cannot be written on the way back is told and does not stop the way back.
 */
import { backoffMs, errorMessage } from '../lib/index.js';
import { laterPhase, phaseOf, type RackOutcome, type Step, type StepKind } from '../model/index.js';
import { dispatch } from './dispatch.js';
import { writeEvidence } from './evidence.js';
import { failureOf, messageOf, reasonOf } from './failure.js';
import { adoptJournal, park, stall, turnBack } from './journal.js';
import { type Lane, Parked, throwIfParked, warn } from './lane.js';

/** A failed rollback is tried again after 10 s, 20 s … 10 min. */
const stallFirstMs = 10_000;
const stallMaxMs = 600_000;

/** Steps that use the machine; the others mostly wait. */
const working: ReadonlySet<StepKind> = new Set(['fetchImage', 'prepareTree', 'mountTree', 'startServices']);

export async function runLane(lane: Lane): Promise<RackOutcome> {
  const { plan, emit, signal } = lane;
  // The agent may be gone before the step under way has ended: the try is given back at once.
  const giveBack = (): void => {
    void park(lane).catch((error) => warn(lane, 'NotParked', error));
  };
  signal.addEventListener('abort', giveBack, { once: true });
  emit({ code: 'RackStarted', rack: plan.rack, action: plan.action, reason: plan.reason });
  const outcome = await tryLane(lane).catch((error): RackOutcome => {
    lane.notes.push(messageOf(error));
    return ended(lane, 'failed');
  });
  signal.removeEventListener('abort', giveBack);
  const { message, durationMs } = outcome;
  emit({
    code: 'RackEnded',
    rack: plan.rack,
    action: plan.action,
    outcome: outcome.outcome,
    message,
    durationMs,
  });
  return outcome;
}

async function tryLane(lane: Lane): Promise<RackOutcome> {
  const { plan } = lane;
  const goesBack = plan.action === 'rollback';
  if (goesBack) {
    await adoptJournal(lane);
    lane.touched = true;
    await bestEffort(lane, 'JournalNotWritten', () => turnBack(lane));
    await bestEffort(lane, 'EvidenceNotWritten', () => writeEvidence(lane));
  }
  try {
    await runSteps(lane, plan.steps);
  } catch (error) {
    if (error instanceof Parked) return parked(lane, error);
    if (lane.committed) return committedAnyway(lane, error);
    return goesBack ? stalled(lane, error) : failLane(lane, error);
  }
  if (goesBack) return ended(lane, restores(plan.steps) ? 'rolled-back' : 'failed');
  return ended(lane, 'done');
}

/** After the commit nothing goes back; what is left to clear away is swept by the next pass. */
function committedAnyway(lane: Lane, error: unknown): RackOutcome {
  warn(lane, 'NotSwept', error);
  lane.notes.push(`clearing up is left to the next pass: ${messageOf(error)}`);
  return ended(lane, 'done');
}

/** The first failure is what is reported; a failure of the way back is added to it, never put in its place. */
async function failLane(lane: Lane, error: unknown): Promise<RackOutcome> {
  const { plan, emit } = lane;
  const failure = failureOf(error, lane.phase);
  lane.failure = failure;
  const back = lane.touched ? plan.rollback : plan.undo;
  if (back.length === 0) return ended(lane, 'failed');
  try {
    await bestEffort(lane, 'EvidenceNotWritten', () => writeEvidence(lane));
    if (lane.touched) {
      await bestEffort(lane, 'JournalNotWritten', () => turnBack(lane));
      if (restores(back)) emit({ code: 'RolledBack', rack: plan.rack, failure });
    }
    await runSteps(lane, back);
  } catch (second) {
    if (second instanceof Parked) return parked(lane, second);
    return stalled(lane, second);
  }
  return ended(lane, lane.touched && restores(back) ? 'rolled-back' : 'failed');
}

/** An old version is back at the end of these steps. */
function restores(steps: readonly Step[]): boolean {
  return steps.some((step) => step.kind === 'settle' && step.restored !== null);
}

/** Nobody can go on alone: loud, kept in the journal, tried again later. Held sockets are closed, because refused beats hanging. */
async function stalled(lane: Lane, error: unknown): Promise<RackOutcome> {
  const { plan, host } = lane;
  lane.notes.push(`the way back failed as well: ${messageOf(error)}`);
  await bestEffort(lane, 'JournalNotWritten', () =>
    stall(lane, (attempts) => backoffMs(attempts - 1, stallFirstMs, stallMaxMs)),
  );
  await bestEffort(lane, 'SocketsNotClosed', async () => {
    const { state, services } = await host.supervisor.observe();
    const runs = services.some((service) => service.rack === plan.rack && service.pid !== null);
    if (state === 'running' && !runs) await host.supervisor.closeSockets(plan.rack, []);
  });
  return ended(lane, 'failed');
}

async function parked(lane: Lane, { reason, message }: Parked): Promise<RackOutcome> {
  await park(lane);
  return { ...ended(lane, 'waiting'), reason, message };
}

async function bestEffort(lane: Lane, warning: string, act: () => Promise<void>): Promise<void> {
  await act().catch((error) => warn(lane, warning, error));
}

async function runSteps(lane: Lane, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    throwIfParked(lane);
    let release = await placeFor(step, lane);
    lane.aside = async (work) => {
      release();
      release = () => {};
      try {
        return await work();
      } finally {
        release = await placeFor(step, lane);
      }
    };
    try {
      throwIfParked(lane);
      await runStep(lane, step);
    } finally {
      release();
    }
  }
}

/** Waits for a place where the step needs one; the caller gives it back. A rack that is down waits only for others that are. */
async function placeFor({ kind }: Step, lane: Lane): Promise<() => void> {
  const { slots } = lane;
  if (kind === 'rehearse') return await slots.rehearsals.acquire();
  if (!working.has(kind)) return () => {};
  return await (isDown(lane) ? slots.down : slots.ahead).acquire();
}

/** Nobody serves, or may not: it was touched in this lane, or is to be brought back. */
function isDown({ touched, plan }: Lane): boolean {
  return touched || plan.action === 'heal' || plan.action === 'rollback';
}

async function runStep(lane: Lane, step: Step): Promise<void> {
  const { emit, host } = lane;
  const phase = phaseOf(step.kind);
  const about = { rack: step.rack, step: step.kind, phase };
  const startedAt = host.clock.now();
  // A step of an early phase may come late, as an address that is exchanged after the stop: that is no earlier failure.
  if (phase !== null) lane.phase = laterPhase(lane.phase, phase);
  emit({ code: 'StepStarted', ...about });
  try {
    const detail = await dispatch(step, lane);
    const durationMs = host.clock.now() - startedAt;
    lane.phases.push({ phase: phase ?? step.kind, durationMs });
    emit({ code: 'StepEnded', ...about, durationMs, detail: detail ?? '' });
  } catch (error) {
    if (error instanceof Parked) throw error;
    const durationMs = host.clock.now() - startedAt;
    emit({ code: 'StepFailed', ...about, durationMs, error: reasonOf(error), message: errorMessage(error) });
    throw error;
  }
}

function ended(lane: Lane, outcome: RackOutcome['outcome']): RackOutcome {
  const { plan, failure } = lane;
  const message = failure === null ? lane.notes.join('; ') : [failure.message, ...lane.notes].join('; ');
  return {
    rack: plan.rack,
    action: plan.action,
    outcome,
    reason: failure?.reason ?? plan.reason,
    message,
    ...(failure?.wantedBytes === undefined ? {} : { wantedBytes: failure.wantedBytes }),
    durationMs: lane.host.clock.now() - lane.startedAt,
    phases: lane.phases,
  };
}
