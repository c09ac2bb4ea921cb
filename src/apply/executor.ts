/**
 * Applies a plan: one lane a rack, lanes in the order that the plan says, a failure in one lane is nobody else's.
 * It decides nothing: which steps, and which steps on a failure, is in the plan. Returns when every lane has settled.
 */
import { semaphore } from '../lib/index.js';
import type { Plan, RackOutcome, RackPlan } from '../model/index.js';
import { type ApplyDeps, openLane, type Slots } from './lane.js';
import { runLane } from './run-lane.js';

/** Racks that fetch, mount or start at the same moment, and so many that are down besides: two cores are busy with it, and a small machine is not drowned. Waiting takes no slot. */
const workersAtOnce = 4;
/** Rehearsals at the same moment: each is a second instance of its rack, with memory, disk and a runtime of its own, for as long as it bakes. Those that wait take nothing. */
const rehearsalsAtOnce = 4;

/** Outcomes of the racks that had steps, sorted by rack. Never throws: a lane that fails, for whatever reason, is an outcome. */
export async function applyPlan(plan: Plan, deps: ApplyDeps): Promise<readonly RackOutcome[]> {
  const lanes = new Map<string, Promise<RackOutcome>>();
  const slots: Slots = {
    ahead: semaphore(workersAtOnce),
    down: semaphore(workersAtOnce),
    rehearsals: semaphore(rehearsalsAtOnce),
  };
  const outcomeOf = (rack: string): Promise<RackOutcome> | undefined => lanes.get(rack);
  // The supervisor comes up while images are fetched and trees prepared. A step that needs it says why when it does not.
  if (startsServices(plan)) void deps.host.supervisor.ensure().catch(() => {});
  const started = Promise.resolve();
  for (const rack of plan.racks.filter(({ steps }) => steps.length > 0)) {
    // Every lane begins after the loop, when all are known to each other.
    lanes.set(
      rack.rack,
      started.then(() => runInOrder(rack, deps, slots, outcomeOf)),
    );
  }
  const outcomes = await Promise.all(lanes.values());
  return outcomes.sort((a, b) => (a.rack < b.rack ? -1 : 1));
}

function startsServices(plan: Plan): boolean {
  return plan.racks.some(({ steps }) => steps.some(({ kind }) => kind === 'startServices'));
}

async function runInOrder(
  plan: RackPlan,
  deps: ApplyDeps,
  slots: Slots,
  outcomeOf: (rack: string) => Promise<RackOutcome> | undefined,
): Promise<RackOutcome> {
  await Promise.all(plan.after.map(outcomeOf));
  const needed = await Promise.all(plan.needs.map(outcomeOf));
  const missing = needed.find((outcome) => outcome !== undefined && outcome.outcome !== 'done');
  if (missing === undefined) return runLane(openLane(deps, plan, slots));
  return {
    rack: plan.rack,
    action: plan.action,
    outcome: 'waiting',
    reason: 'DependencyNotReady',
    message: `waits for "${missing.rack}": ${missing.message}`,
    durationMs: 0,
    phases: [],
  };
}
