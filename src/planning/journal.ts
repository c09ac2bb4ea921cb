/** Decides how an open journal is ended: swept, continued, or gone back on. It comes before all else that is wanted of the rack. Pure. */
import {
  type DependentCheck,
  type Failure,
  isUnreadable,
  type ObservedData,
  type ObservedState,
  type RackPlan,
  type RolloutJournal,
  triesPerRollout,
} from '../model/index.js';
import { keep, type RackDecision, type RackInput, unreadableData } from './decision.js';
import { seals } from './layers.js';
import { runsAs } from './running.js';
import {
  discardSteps,
  failureSteps,
  holdSteps,
  holds,
  type Rollout,
  rollbackSteps,
  rolloutSteps,
  sweepAfterCommit,
} from './steps.js';

export function planJournal(input: RackInput, journal: RolloutJournal): RackDecision {
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
  const unreadable = isUnreadable(input.data) ? input.data : null;
  const explanation = unreadable === null ? [] : [unreadableData(unreadable)];
  const decided = (plan: RackPlan): RackDecision => ({ plan, explanation, drift: null });

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
      return { ...decided(keep(rack)), explanation: [...explanation, { rack, code: 'Stalled', message }] };
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
  if (unreadable !== null && seals(rollout) && !runsAs(rack, journal.to, observed)) {
    // What it was to seal cannot be told from what is a snapshot already; the old layers are all there.
    const { message } = unreadableData(unreadable);
    const failure: Failure = { reason: 'DataUnreadable', message, phase: journal.phase };
    return decided(goBack(base, rollout, failure, observed, 'its layers cannot be told any more'));
  }
  const resumed: Rollout = { ...rollout, resume: { rolloutId: journal.rolloutId, triesLeft } };
  return decided({
    ...base,
    action: 'continue',
    reason: `its rollout was interrupted in phase ${journal.phase}`,
    steps: rolloutSteps(resumed, observed),
    undo: rollbackSteps(resumed, observed),
    rollback: failureSteps(resumed, observed),
  });
}

function goBack(
  base: RackPlan,
  rollout: Rollout,
  failure: Failure,
  observed: ObservedState,
  reason: string,
): RackPlan {
  // A person asked to look at the failed version; where it did not fail itself there is none that he could look at.
  const isHeld = holds(rollout) && !['Interrupted', 'DataUnreadable'].includes(failure.reason);
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

/** The rollout that an open journal speaks of: if it goes forward, its rehearsal is behind it. */
function rolloutOf(
  journal: RolloutJournal,
  resume: Rollout['resume'],
  dependents: readonly DependentCheck[],
  data: ObservedData,
  now: number,
): Rollout {
  return {
    rack: journal.rack,
    from: journal.from,
    to: journal.to,
    resume,
    dependents,
    data,
    now,
    discards: journal.discards === true,
    drops: journal.drops ?? [],
    rehearse: false,
  };
}
