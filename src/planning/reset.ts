/**
 * Entries of the writable layer leave it because a person asked: a rollout to the definition that runs already, on the same layers, because nothing may be mounted on them meanwhile. Journaled, verified and
 * rolled back as every rollout is. Pure.
 */
import type { CommittedRack, ObservedState, RackData, RackPlan, ShadowDrop } from '../model/index.js';
import { keep } from './decision.js';
import { type Rollout, rollbackSteps, rolloutSteps, undoSteps } from './steps.js';

export interface ResetInput {
  readonly committed: CommittedRack;
  readonly lastGeneration: number;
  readonly data: RackData;
  readonly observed: ObservedState;
  /** ms since the epoch. */
  readonly now: number;
  /** At least one; of `Shadows.drops`. */
  readonly drops: readonly ShadowDrop[];
  /** For people. */
  readonly reason: string;
}

export function planReset(input: ResetInput): RackPlan {
  const { committed, data, observed, now, drops } = input;
  const { desired, tree } = committed;
  const { layer, sealed } = tree;
  const rollout: Rollout = {
    rack: desired.name,
    from: committed,
    to: { desired, tree: { generation: input.lastGeneration + 1, digest: desired.digest, layer, sealed } },
    resume: null,
    dependents: [],
    data,
    now,
    discards: false,
    drops,
    rehearse: false,
  };
  return {
    ...keep(desired.name),
    action: 'swap',
    reason: input.reason,
    fromImage: desired.image,
    toImage: desired.image,
    steps: rolloutSteps(rollout, observed),
    undo: undoSteps(rollout),
    rollback: rollbackSteps(rollout, observed),
  };
}
