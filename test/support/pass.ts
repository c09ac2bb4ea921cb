/**
 * A pass from values: observe, plan, check, apply, again while an earlier pass was only cleared out of the way. The reconciler's loop without Git and definitions, for tests
 * that begin with a desired state.
 */
import { applyPlan } from '../../src/apply/index.js';
import type { Host } from '../../src/host/index.js';
import {
  type DesiredState,
  type Event,
  hasSteps,
  type Plan,
  type RackOutcome,
} from '../../src/model/index.js';
import { checkPlan, type PlanningInput, planPass } from '../../src/planning/index.js';
import { observe, observeData } from '../../src/reconciler/index.js';
import type { Store } from '../../src/store/index.js';

export interface TestPass {
  readonly host: Host;
  readonly store: Store;
  readonly desired: DesiredState;
  readonly allowance?: number | null;
  readonly signal?: AbortSignal;
  readonly emit?: (event: Event) => void;
}

export interface TestPassResult {
  /** The plans that had steps, in order. */
  readonly plans: readonly Plan[];
  readonly outcomes: readonly RackOutcome[];
}

/** The plan for what is there now. Throws when the plan checker refuses it. */
export async function planNow(pass: TestPass): Promise<Plan> {
  const { host, store, desired } = pass;
  let observed = await observe(host);
  if (observed.strayLayers.length > 0) {
    await host.mounts.sweep();
    observed = await observe(host);
  }
  const records = await store.records();
  const journals = await store.journals();
  const input: PlanningInput = {
    now: host.clock.now(),
    desired,
    records,
    journals,
    observed,
    data: await observeData(host, desired, records, journals),
    hostSuspended: (await store.hostSuspended()) !== null,
    prune: { maxPercent: 50, allowance: pass.allowance ?? null },
  };
  const { plan } = planPass(input);
  const fatal = checkPlan(plan, input).find((note) => note.level === 'fatal');
  if (fatal !== undefined) throw new Error(`the plan checker refused: "${fatal.rack}" ${fatal.message}`);
  return plan;
}

/** Plans and applies until nothing is left to do, at most three rounds. */
export async function pass(options: TestPass): Promise<TestPassResult> {
  const { host, store, emit = () => {}, signal = new AbortController().signal } = options;
  const plans: Plan[] = [];
  const outcomes: RackOutcome[] = [];
  for (let round = 0; round < 3; round++) {
    const plan = await planNow(options);
    if (!hasSteps(plan)) break;
    plans.push(plan);
    outcomes.push(...(await applyPlan(plan, { host, store, emit, signal })));
  }
  return { plans, outcomes };
}
