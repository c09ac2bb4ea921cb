/**
 * One pass: choose the revision, read it, observe the host, plan, check the plan, apply it, remember. The only place where these meet.
 * It plans from scratch every time; an interrupted pass before it is only another observed state.
 */

import { type ApplyDeps, applyPlan } from '../apply/index.js';
import type { Host } from '../host/index.js';
import {
  type Emit,
  type Explanation,
  type HostConfig,
  hasSteps,
  type ObservedState,
  type PassReport,
  type Plan,
  type Problem,
  RackError,
  type RackOutcome,
  type StatusReport,
} from '../model/index.js';
import { checkPlan, type PlanningInput, type PlanResult, planPass } from '../planning/index.js';
import { exitCodeOf, resultOf, type StatusInput } from '../report/index.js';
import type { Source } from '../source/index.js';
import type { ReadableStore, Store } from '../store/index.js';
import { allowanceOf } from './allowance.js';
import type { DesiredReader } from './desired.js';
import { pruneAfter } from './image-prune.js';
import { keepFiles } from './keep-files.js';
import { observe, observeData } from './observe.js';
import { probeCommitted } from './probing.js';
import { forgetOldFailures, rememberFullyApplied, rememberOutcomes } from './remember.js';
import { chooseForPlan, chooseRevision, type RevisionChoice } from './revision.js';
import { readStatus } from './status.js';
import { tellTrouble, tellUnreadable } from './telling.js';
import { readAgain, readWanted, type Wanted } from './wanted.js';

export interface ReconcilerDeps {
  readonly config: HostConfig;
  readonly host: Host;
  readonly store: Store;
  readonly source: Source;
  readonly reader: DesiredReader;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** As in `ApplyDeps`. */
  readonly waitFor?: (work: Promise<unknown>) => void;
  /** As in `ApplyDeps`. */
  readonly errands?: NonNullable<ApplyDeps['errands']>;
  readonly sourceDigest: string;
  readonly agent: () => StatusReport['agent'];
  readonly probed: () => StatusInput['probed'];
  /** True where no agent watches: the pass probes what it did not verify itself before it reports. */
  readonly probesCommitted?: boolean;
}

/** What deciding needs; a store that can only be read is enough. */
export type PlanDeps = Pick<
  ReconcilerDeps,
  'config' | 'host' | 'source' | 'reader' | 'emit' | 'signal' | 'sourceDigest'
> & { readonly store: Pick<ReadableStore, 'records' | 'journals' | 'applied' | 'hostSuspended'> };

export interface PassRequest {
  /** `schedule`, `sync`, `start`, `retry`, …: who asked. */
  readonly trigger: string;
  readonly allowPrune: number | null;
  readonly allowRewind: string | null;
  /** Called with each plan that has steps, before it is applied. */
  readonly onPlan?: (plan: Plan) => void;
}

/** A plan may open the way for the next (an interrupted rollout first, then the newer definition): so many in one pass. */
const roundsPerPass = 3;

/** Expected failures are in the report; throws only `internal error`s and when aborted before anything was decided. */
export async function reconcileOnce(deps: ReconcilerDeps, request: PassRequest): Promise<PassReport> {
  const { emit, host, store } = deps;
  const id = host.ids.next();
  const startedMs = host.clock.now();
  emit({ code: 'PassStarted', pass: id, trigger: request.trigger });

  const choice = await chooseRevision(deps, request.allowRewind);
  if (choice.isNew) await expectFirst(deps);
  const wanted = await readWanted(deps, choice);
  const rounds = await applyRounds(deps, request, choice, wanted);
  if (rounds.outcomes.length > 0) await readAgain(deps, choice);

  await tellTrouble(deps, wanted.error, rounds.last.plan.heldRemovals);
  const probed =
    deps.probesCommitted === true
      ? await probeCommitted(deps, rounds.outcomes, rounds.observed)
      : deps.probed();
  await forgetOldFailures(deps, wanted.desired, rounds.outcomes);

  const explanation = [...rounds.last.plan.explanation, ...waitingExplanation(rounds.outcomes)];
  await store.writeSummary({
    format: 1,
    revision: wanted.desired.revision,
    racks: wanted.desired.racks.map(({ name, image, digest }) => ({ name, image, digest })),
    invalid: wanted.desired.invalid,
    problems: wanted.problems,
    heldRemovals: rounds.last.plan.heldRemovals,
    explanation,
    sourceError: wanted.error,
  });
  const status = await readStatus(
    { hostName: deps.config.name, host, store, agent: deps.agent(), probed },
    rounds.observed,
  );
  const facts = {
    problems: wanted.problems,
    status,
    sourceError: wanted.error,
    heldRemovals: rounds.last.plan.heldRemovals,
  };
  const exitCode = exitCodeOf(facts);
  const result = resultOf(exitCode, status);
  const endedMs = host.clock.now();
  const lastPass = {
    id,
    startedAt: new Date(startedMs).toISOString(),
    endedAt: new Date(endedMs).toISOString(),
    result,
  };
  await store.writeLastPass(lastPass);
  const report: PassReport = {
    ...lastPass,
    revision: wanted.desired.revision,
    trigger: request.trigger,
    sourceError: wanted.error,
    problems: wanted.problems,
    racks: rounds.outcomes,
    explanation,
    heldRemovals: rounds.last.plan.heldRemovals,
    exitCode,
    status: { ...status, lastPass },
  };
  if (rounds.outcomes.length > 0) await store.sweepBlobs(wanted.desired.racks);
  await pruneAfter(deps, rounds.outcomes);
  await rememberFullyApplied(deps, choice.applied, report);
  emit({
    code: 'PassEnded',
    pass: id,
    result,
    revision: report.revision,
    changed: rounds.outcomes.length > 0,
    durationMs: endedMs - startedMs,
  });
  return report;
}

/**
 * Where no rack was ever installed the first revision will install some: the supervisor comes up while it is read. Elsewhere nothing is started before the host was observed: who comes up ends what
 * an earlier one left, and what ran before is told apart from what did not.
 */
async function expectFirst({ host, store }: ReconcilerDeps): Promise<void> {
  if ((await store.records()).length > 0 || (await store.journals()).length > 0) return;
  // A step that needs it says why when it does not come up.
  void host.supervisor.ensure().catch(() => {});
}

/** What `plan` shows: the same decisions without the acts. */
export async function planOnly(
  deps: PlanDeps,
  request: Pick<PassRequest, 'allowPrune'> & { readonly ref: string | null },
): Promise<{
  readonly plan: Plan;
  readonly problems: readonly Problem[];
  readonly error: RevisionChoice['error'];
}> {
  const choice = await chooseForPlan(deps, request.ref);
  const wanted = await readWanted(deps, choice);
  const { plan } = await decide(deps, request.allowPrune, choice, wanted, await observe(deps.host));
  return { plan: plan.plan, problems: wanted.problems, error: wanted.error };
}

interface Rounds {
  readonly last: PlanResult;
  readonly observed: ObservedState;
  readonly outcomes: readonly RackOutcome[];
}

async function applyRounds(
  deps: ReconcilerDeps,
  request: PassRequest,
  choice: RevisionChoice,
  wanted: Wanted,
): Promise<Rounds> {
  const outcomes = new Map<string, RackOutcome>();
  let observed = await sweptObservation(deps);
  const told = new Set<string>();
  let decided = await decide(deps, request.allowPrune, choice, wanted, observed);
  tellUnreadable(deps, decided.plan.plan, told);
  for (let round = 1; hasSteps(decided.plan.plan) && !deps.signal.aborted; round++) {
    const { plan, drift } = decided.plan;
    request.onPlan?.(plan);
    for (const [rack, message] of drift) deps.emit({ code: 'DriftFound', rack, message });
    const kept = await keepFiles(deps, plan, wanted);
    const results = [...kept.held, ...(await applyPlan(kept.plan, deps))];
    await rememberOutcomes(deps, results, drift);
    for (const result of results) outcomes.set(result.rack, result);
    observed = await observe(deps.host);
    if (round === roundsPerPass || !opensTheWay(results)) break;
    decided = await decide(deps, request.allowPrune, choice, wanted, observed);
    tellUnreadable(deps, decided.plan.plan, told);
  }
  return {
    last: decided.plan,
    observed,
    outcomes: [...outcomes.values()].sort((a, b) => (a.rack < b.rack ? -1 : 1)),
  };
}

/** Only what an earlier pass left behind can be in the way of what Git asks for now. */
function opensTheWay(results: readonly RackOutcome[]): boolean {
  return results.some(
    ({ action, outcome }) =>
      outcome !== 'waiting' &&
      (action === 'continue' || action === 'sweep' || action === 'rollback' || action === 'remove'),
  );
}

async function decide(
  deps: PlanDeps,
  allowPrune: number | null,
  choice: RevisionChoice,
  wanted: Wanted,
  observed: ObservedState,
): Promise<{ readonly plan: PlanResult }> {
  const records = await deps.store.records();
  const names = new Set([...wanted.desired.racks.map((rack) => rack.name), ...wanted.desired.invalid]);
  const isGone = records.some((record) => record.committed !== null && !names.has(record.rack));
  const allowance = allowPrune ?? (isGone ? await trailerAllowance(deps, choice) : null);
  const journals = await deps.store.journals();
  const input: PlanningInput = {
    now: deps.host.clock.now(),
    // An allowance says that what is missing is meant to be: a missing path, a folder without definitions. Not what could not be read.
    desired: allowance !== null && wanted.isEmpty ? { ...wanted.desired, complete: true } : wanted.desired,
    records,
    journals,
    observed,
    data: await observeData(deps.host, wanted.desired, records, journals),
    hostSuspended: (await deps.store.hostSuspended()) !== null,
    prune: { maxPercent: deps.config.prune.maxPercent, allowance },
  };
  const plan = planPass(input);
  const fatal = checkPlan(plan.plan, input).find((note) => note.level === 'fatal');
  if (fatal !== undefined) {
    throw new RackError(
      'E_INTERNAL',
      `internal error: refused its own plan: "${fatal.rack}" ${fatal.message}`,
      { blame: 'agent' },
    );
  }
  return { plan };
}

async function trailerAllowance(deps: PlanDeps, choice: RevisionChoice): Promise<number | null> {
  if (choice.revision === null) return null;
  try {
    return allowanceOf(await deps.source.messages(choice.applied.fullyAppliedRevision, choice.revision));
  } catch (error) {
    // Messages that cannot be read allow nothing.
    if (error instanceof RackError) return null;
    throw error;
  }
}

async function sweptObservation(deps: ReconcilerDeps): Promise<ObservedState> {
  const observed = await observe(deps.host);
  if (observed.strayLayers.length === 0) return observed;
  await deps.host.mounts.sweep();
  return observe(deps.host);
}

function waitingExplanation(outcomes: readonly RackOutcome[]): readonly Explanation[] {
  return outcomes.flatMap((outcome) =>
    outcome.reason === 'DependencyNotReady'
      ? [{ rack: outcome.rack, code: 'DependencyNotReady' as const, message: outcome.message }]
      : [],
  );
}
