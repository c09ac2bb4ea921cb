/**
 * Decides what happens to one rack, looking at that rack alone; order among racks and budgets are decided elsewhere.
 * An open journal comes first, then removal, suspension, quarantine, and only then a difference between desired and committed.
 */
import {
  type CommittedRack,
  type DesiredRack,
  type Explanation,
  isUnreadable,
  type RackData,
  type RackPlan,
  type RackRecord,
  type Step,
} from '../model/index.js';
import { keep, type RackDecision, type RackInput, unreadableData } from './decision.js';
import { planHealing } from './heal.js';
import { planJournal } from './journal.js';
import { stackFor } from './layers.js';
import { decideRehearsal } from './rehearsal.js';
import { failureSteps, type Rollout, removalSteps, rolloutSteps, undoSteps } from './steps.js';

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
  if (isUnreadable(input.data)) return { plan: healed, explanation: [unreadableData(input.data)], drift };
  return { plan: rolloutPlan(input, desired, committed, input.data), explanation: [], drift };
}

function rolloutPlan(
  input: RackInput,
  desired: DesiredRack,
  committed: CommittedRack | null,
  data: RackData,
): RackPlan {
  const { rack, record, observed } = input;
  const generation = (record?.lastGeneration ?? 0) + 1;
  const { rehearse, whyNot } = decideRehearsal(desired, committed, record, observed);
  const rollout: Rollout = {
    rack,
    from: committed,
    to: {
      desired,
      tree: { generation, digest: desired.digest, ...stackFor(desired, committed, data) },
    },
    resume: null,
    dependents: input.dependents,
    data,
    now: input.now,
    discards: false,
    drops: [],
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
    rollback: failureSteps(rollout, observed),
  };
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
