/**
 * Decides what happens to one rack, looking at that rack alone; order among racks and budgets are decided elsewhere.
 * An open journal comes first, then removal, suspension, quarantine, and only then a difference between desired and committed.
 */
import {
  type CommittedRack,
  type DependentCheck,
  type DesiredRack,
  type Explanation,
  type Failure,
  type ObservedState,
  type RackAction,
  type RackData,
  type RackPlan,
  type RackRecord,
  type RolloutJournal,
  type Step,
  triesPerRollout,
} from '../model/index.js';
import { planHealing } from './heal.js';
import { stackFor } from './layers.js';
import { decideRehearsal } from './rehearsal.js';
import {
  discardSteps,
  holdSteps,
  isSame,
  type Rollout,
  removalSteps,
  rollbackSteps,
  rolloutOf,
  rolloutSteps,
  sweepAfterCommit,
  undoSteps,
} from './steps.js';

export interface RackInput {
  readonly rack: string;
  readonly desired: DesiredRack | null;
  /** A file claims this name and is invalid. */
  readonly invalid: boolean;
  readonly record: RackRecord | null;
  readonly journal: RolloutJournal | null;
  readonly remove: boolean;
  readonly heldRemoval: string | null;
  readonly suspended: boolean;
  readonly revision: string | null;
  /** Racks that depend on this one and were healthy. */
  readonly dependents: readonly DependentCheck[];
  /** What of the host speaks of this rack. */
  readonly observed: ObservedState;
  readonly data: RackData;
  /** No rack at all is mounted and no keeper runs: the host or the keeper has just started. */
  readonly freshHost: boolean;
  readonly now: number;
}

export interface RackDecision {
  readonly plan: RackPlan;
  readonly explanation: readonly Explanation[];
  /** The host differs from what was committed although nobody asked for it; also said of a suspended rack. */
  readonly drift: string | null;
}

export function planRack(input: RackInput): RackDecision {
  const { rack, record, journal } = input;
  const committed = record?.committed ?? null;
  if (journal !== null) return planJournal(input, journal);
  const healing = committed === null ? null : planHealing(committed, input.observed, input.freshHost);
  const drift = healing?.drift === true ? healing.reason : null;
  const explained = (code: Explanation['code'], message: string, plan = keep(rack)): RackDecision => ({
    plan,
    explanation: [{ rack, code, message }],
    drift,
  });

  if (input.suspended)
    return { ...explained('Suspended', suspendedMessage(drift), suspendedPlan(input)), drift };
  if (input.remove && committed !== null) {
    const steps = removalSteps(committed, input.revision ?? '', input.observed);
    return {
      plan: {
        ...keep(rack),
        action: 'remove',
        reason: 'its definition is gone',
        fromImage: committed.desired.image,
        steps,
      },
      explanation: [],
      drift: null,
    };
  }
  const healed = healing === null ? keep(rack) : healPlan(rack, committed, healing.steps, healing.reason);
  if (input.heldRemoval !== null) return explained('RemovalHeld', input.heldRemoval, healed);
  if (input.invalid)
    return explained('InvalidDefinition', 'its definition is invalid, it keeps running what it runs', healed);
  const { desired } = input;
  if (desired === null) return { plan: healed, explanation: [], drift };

  const quarantine = record?.quarantined.find((entry) => entry.digest === desired.digest);
  if (committed?.desired.digest === desired.digest) {
    if (record?.held) return explained('Held', `${record.held.message}; left as it is for you to look at`);
    return { plan: healed, explanation: [], drift };
  }
  if (quarantine !== undefined) {
    const message = `${desired.image.file} failed here before (${quarantine.message}); it is not tried again until its definition changes or you run: rackops retry ${rack}`;
    return explained('Quarantined', message, healed);
  }
  if (committed !== null && healing === null && committed.desired.runDigest === desired.runDigest) {
    return { plan: adoptPlan(committed, desired, record), explanation: [], drift };
  }
  return { plan: rolloutPlan(input, desired, committed), explanation: [], drift };
}

function planJournal(input: RackInput, journal: RolloutJournal): RackDecision {
  const { rack, record, observed, now } = input;
  const rollout = rolloutOf(
    journal,
    { rolloutId: journal.rolloutId, triesLeft: journal.triesLeft },
    input.dependents,
    input.data,
    now,
  );
  const base = {
    ...keep(rack),
    fromImage: journal.from?.desired.image ?? null,
    toImage: journal.to.desired.image,
  };
  const decided = (plan: RackPlan): RackDecision => ({ plan, explanation: [], drift: null });

  if (record?.rolloutId === journal.rolloutId) {
    const steps = sweepAfterCommit(rollout);
    return decided({
      ...base,
      action: 'sweep',
      reason: 'its rollout was committed before the agent ended',
      steps,
    });
  }
  if (journal.direction === 'rollback') {
    if (journal.retryAt !== null && journal.retryAt > now) {
      const message = `its rollback failed ${journal.rollbackAttempts} times; tried again after ${new Date(journal.retryAt).toISOString()}`;
      return { plan: keep(rack), explanation: [{ rack, code: 'Stalled', message }], drift: null };
    }
    return decided(
      goBack(base, rollout, journal.failure ?? interrupted(journal), observed, 'its rollback goes on'),
    );
  }
  if (journal.phase === 'begin') {
    return decided({
      ...base,
      action: 'sweep',
      reason: 'its rollout was interrupted before anything was touched',
      steps: discardSteps(rollout),
    });
  }
  const triesLeft = journal.triesLeft - 1;
  if (triesLeft <= 0) {
    return decided(
      goBack(base, rollout, interrupted(journal), observed, 'its rollout was interrupted too often'),
    );
  }
  const resumed: Rollout = { ...rollout, resume: { rolloutId: journal.rolloutId, triesLeft } };
  return decided({
    ...base,
    action: 'continue',
    reason: `its rollout was interrupted in phase ${journal.phase}`,
    steps: rolloutSteps(resumed, observed),
    undo: rollbackSteps(resumed, observed),
    rollback: onFailure(resumed, observed),
  });
}

function goBack(
  base: RackPlan,
  rollout: Rollout,
  failure: Failure,
  observed: ObservedState,
  reason: string,
): RackPlan {
  // A person asked to look at the failed version; an interruption is no failure that he could look at.
  const isHeld = holds(rollout) && failure.reason !== 'Interrupted';
  const steps = isHeld ? holdSteps(rollout) : rollbackSteps(rollout, observed);
  return { ...base, action: 'rollback', reason, steps, failure };
}

function interrupted(journal: RolloutJournal): Failure {
  return {
    reason: 'Interrupted',
    message: `the agent ended ${triesPerRollout} times during this rollout`,
    phase: journal.phase,
  };
}

function rolloutPlan(input: RackInput, desired: DesiredRack, committed: CommittedRack | null): RackPlan {
  const { rack, record, observed } = input;
  const generation = (record?.lastGeneration ?? 0) + 1;
  const { rehearse, whyNot } = decideRehearsal(desired, committed, record, observed);
  const rollout: Rollout = {
    rack,
    from: committed,
    to: {
      desired,
      tree: { generation, digest: desired.digest, ...stackFor(desired, committed, input.data) },
    },
    resume: null,
    dependents: input.dependents,
    data: input.data,
    now: input.now,
    rehearse,
  };
  const why = committed === null ? 'new on this host' : changeReason(committed.desired, desired);
  return {
    ...keep(rack),
    action: committed === null ? 'install' : 'swap',
    reason: whyNot === '' ? why : `${why}; ${whyNot}`,
    fromImage: committed?.desired.image ?? null,
    toImage: desired.image,
    steps: rolloutSteps(rollout, observed),
    undo: undoSteps(rollout),
    rollback: onFailure(rollout, observed),
  };
}

function onFailure(rollout: Rollout, observed: ObservedState): readonly Step[] {
  return holds(rollout) ? holdSteps(rollout) : rollbackSteps(rollout, observed);
}

function holds(rollout: Rollout): boolean {
  return rollout.to.desired.rollout.onFailure === 'hold' && !isSame(rollout);
}

function adoptPlan(committed: CommittedRack, desired: DesiredRack, record: RackRecord | null): RackPlan {
  const generation = (record?.lastGeneration ?? 0) + 1;
  return {
    ...keep(desired.name),
    action: 'adopt',
    reason: 'its definition changed in nothing that its processes see',
    fromImage: committed.desired.image,
    toImage: desired.image,
    steps: [
      {
        kind: 'commit',
        rack: desired.name,
        committed: { desired, generation, tree: committed.tree },
        event: 'adopted',
      },
    ],
  };
}

function healPlan(
  rack: string,
  committed: CommittedRack | null,
  steps: readonly Step[],
  reason: string,
): RackPlan {
  const image = committed?.desired.image ?? null;
  return { ...keep(rack), action: 'heal', reason, fromImage: image, toImage: image, steps };
}

/** A suspended rack that does not run holds no socket: refused beats hanging. */
function suspendedPlan({ rack, observed }: RackInput): RackPlan {
  const runs = observed.supervisor.services.some((s) => s.rack === rack && s.pid !== null);
  const holds = observed.supervisor.sockets.some((s) => s.rack === rack);
  if (runs || !holds) return keep(rack);
  return {
    ...keep(rack),
    action: 'sweep',
    reason: 'suspended and not running',
    steps: [{ kind: 'closeSockets', rack, keep: [] }],
  };
}

function suspendedMessage(drift: string | null): string {
  return drift === null
    ? 'suspended; nothing is done until resume'
    : `suspended; nothing is done until resume, though ${drift}`;
}

function changeReason(from: DesiredRack, to: DesiredRack): string {
  if (from.image.sha256 !== to.image.sha256) return `image ${from.image.file} becomes ${to.image.file}`;
  return 'its definition changed';
}

/** Nothing to do: also the base that every other plan is spread over. */
export function keep(rack: string): RackPlan {
  const action: RackAction = 'keep';
  return {
    rack,
    action,
    reason: 'as desired',
    fromImage: null,
    toImage: null,
    steps: [],
    undo: [],
    rollback: [],
    needs: [],
    after: [],
    failure: null,
  };
}
