/**
 * Applies a plan: one lane a rack, lanes in the order that the plan says, a failure in one lane is nobody else's.
 * It decides nothing: which steps, and which steps on a failure, is in the plan. Returns when every lane has settled.
 */
import { assertNever, backoffMs, errorMessage } from '../lib/index.js';
import { type Plan, phaseOf, type RackOutcome, type RackPlan, type Step } from '../model/index.js';
import { writeEvidence } from './conclude.js';
import { failureOf, messageOf, reasonOf } from './failure.js';
import { handlers } from './handlers.js';
import { adoptJournal, park, stall, turnBack } from './journal.js';
import { type ApplyDeps, type Lane, openLane, Parked, throwIfParked } from './lane.js';

/** Lanes worked on at once: two cores are busy with it, and a small machine is not drowned by fifty starts. */
const lanesAtOnce = 4;
/** A failed rollback is tried again after 10 s, 20 s … 10 min. */
const stallFirstMs = 10_000;
const stallMaxMs = 600_000;

/** Outcomes of the racks that had steps, sorted by rack. Never throws for a failing step; a bug in a lane fails that lane. */
export async function applyPlan(plan: Plan, deps: ApplyDeps): Promise<readonly RackOutcome[]> {
  const lanes = new Map<string, Promise<RackOutcome>>();
  const slots = semaphore(lanesAtOnce);
  const racks = plan.racks.filter((rack) => rack.steps.length > 0);
  const outcomeOf = (rack: string): Promise<RackOutcome> | undefined => lanes.get(rack);
  const started = Promise.resolve();
  for (const rack of racks) {
    // Every lane begins after the loop, when all are known to each other.
    lanes.set(
      rack.rack,
      started.then(() => runInOrder(rack, deps, slots, outcomeOf)),
    );
  }
  const outcomes = await Promise.all(lanes.values());
  return outcomes.sort((a, b) => (a.rack < b.rack ? -1 : 1));
}

async function runInOrder(
  plan: RackPlan,
  deps: ApplyDeps,
  slots: Semaphore,
  outcomeOf: (rack: string) => Promise<RackOutcome> | undefined,
): Promise<RackOutcome> {
  await Promise.all(plan.after.map(outcomeOf));
  const needed = await Promise.all(plan.needs.map(outcomeOf));
  const missing = needed.find((outcome) => outcome !== undefined && outcome.outcome !== 'done');
  if (missing !== undefined) {
    const message = `waits for "${missing.rack}": ${missing.message}`;
    return {
      rack: plan.rack,
      action: plan.action,
      outcome: 'waiting',
      reason: 'DependencyNotReady',
      message,
      durationMs: 0,
      phases: [],
    };
  }
  const release = await slots.acquire();
  try {
    return await runLane(openLane(deps, plan));
  } finally {
    release();
  }
}

async function runLane(lane: Lane): Promise<RackOutcome> {
  const { plan, emit } = lane;
  emit({ code: 'RackStarted', rack: plan.rack, action: plan.action, reason: plan.reason });
  const outcome = await tryLane(lane);
  emit({
    code: 'RackEnded',
    rack: plan.rack,
    action: plan.action,
    outcome: outcome.outcome,
    message: outcome.message,
    durationMs: outcome.durationMs,
  });
  return outcome;
}

async function tryLane(lane: Lane): Promise<RackOutcome> {
  const { plan } = lane;
  if (plan.action === 'rollback') {
    await adoptJournal(lane);
    lane.touched = true;
    await turnBack(lane);
    await writeEvidence(lane);
  }
  try {
    await runSteps(lane, plan.steps);
  } catch (error) {
    if (error instanceof Parked) return parked(lane);
    return failLane(lane, error);
  }
  if (plan.action === 'rollback') return ended(lane, 'rolled-back');
  return ended(lane, 'done');
}

/** The first failure is what is reported; a failure of the way back is added to it, never put in its place. */
async function failLane(lane: Lane, error: unknown): Promise<RackOutcome> {
  const { plan, emit } = lane;
  const failed = lane.failure ?? failureOf(error, lane.phase);
  if (plan.action === 'rollback') return stalled(lane, error);
  lane.failure = failed;
  const back = lane.touched ? plan.rollback : plan.undo;
  if (back.length === 0) return ended(lane, 'failed');
  try {
    if (lane.touched) {
      await writeEvidence(lane);
      await turnBack(lane);
      emit({ code: 'RolledBack', rack: plan.rack, failure: failed });
    }
    await runSteps(lane, back);
  } catch (second) {
    if (second instanceof Parked) return parked(lane);
    return stalled(lane, second);
  }
  // Asked of the plan: the journal is closed by now, and `hold` leaves the failed version running.
  const restored = lane.touched && back.some((step) => step.kind === 'settle' && step.restored !== null);
  return ended(lane, restored ? 'rolled-back' : 'failed');
}

/** Nobody can go on alone: loud, kept in the journal, tried again later. Held sockets are closed, because refused beats hanging. */
async function stalled(lane: Lane, error: unknown): Promise<RackOutcome> {
  const { plan, host, emit } = lane;
  await stall(lane, (attempts) => backoffMs(attempts - 1, stallFirstMs, stallMaxMs));
  const observed = await host.supervisor.observe();
  if (!observed.services.some((service) => service.rack === plan.rack && service.pid !== null)) {
    await host.supervisor.closeSockets(plan.rack, []).catch((third) => {
      emit({ code: 'Warning', warning: 'SocketsNotClosed', message: errorMessage(third) });
    });
  }
  lane.notes.push(`the way back failed as well: ${messageOf(error)}`);
  return ended(lane, 'failed');
}

async function parked(lane: Lane): Promise<RackOutcome> {
  await park(lane);
  return {
    ...ended(lane, 'waiting'),
    reason: 'Parked',
    message: 'the agent was told to stop; continued by the next pass',
  };
}

async function runSteps(lane: Lane, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    throwIfParked(lane);
    await runStep(lane, step);
  }
}

async function runStep(lane: Lane, step: Step): Promise<void> {
  const { emit, host } = lane;
  const phase = phaseOf(step.kind);
  const about = { rack: step.rack, step: step.kind, phase };
  const startedAt = host.clock.now();
  if (phase !== null) lane.phase = phase;
  emit({ code: 'StepStarted', ...about });
  try {
    const detail = await dispatch(step, lane);
    const durationMs = host.clock.now() - startedAt;
    lane.phases.push({ phase: phase ?? step.kind, durationMs });
    emit({ code: 'StepEnded', ...about, durationMs, detail: detail ?? '' });
  } catch (error) {
    if (error instanceof Parked) throw error;
    const durationMs = host.clock.now() - startedAt;
    emit({ code: 'StepFailed', ...about, durationMs, error: reasonOf(error), message: messageOf(error) });
    throw error;
  }
}

/** The compiler cannot pair a union's member with the table's entry, so each kind is named once. */
function dispatch(step: Step, lane: Lane): Promise<string | undefined> {
  switch (step.kind) {
    case 'begin':
      return handlers.begin(step, lane);
    case 'fetchImage':
      return handlers.fetchImage(step, lane);
    case 'mountImage':
      return handlers.mountImage(step, lane);
    case 'prepareTree':
      return handlers.prepareTree(step, lane);
    case 'openSockets':
      return handlers.openSockets(step, lane);
    case 'touch':
      return handlers.touch(step, lane);
    case 'stopServices':
      return handlers.stopServices(step, lane);
    case 'unmountTree':
      return handlers.unmountTree(step, lane);
    case 'mountTree':
      return handlers.mountTree(step, lane);
    case 'startServices':
      return handlers.startServices(step, lane);
    case 'verify':
      return handlers.verify(step, lane);
    case 'commit':
      return handlers.commit(step, lane);
    case 'closeSockets':
      return handlers.closeSockets(step, lane);
    case 'releaseTree':
      return handlers.releaseTree(step, lane);
    case 'releaseImage':
      return handlers.releaseImage(step, lane);
    case 'closeJournal':
      return handlers.closeJournal(step, lane);
    case 'settle':
      return handlers.settle(step, lane);
    case 'hold':
      return handlers.hold(step, lane);
    case 'beginRemoval':
      return handlers.beginRemoval(step, lane);
    case 'forget':
      return handlers.forget(step, lane);
    default:
      return assertNever(step, 'step');
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
    durationMs: lane.host.clock.now() - lane.startedAt,
    phases: lane.phases,
  };
}

interface Semaphore {
  acquire(): Promise<() => void>;
}

function semaphore(slots: number): Semaphore {
  let free = slots;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    acquire: async () => {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return release;
    },
  };
}
