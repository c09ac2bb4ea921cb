/**
 * What a person asked for: the data sealed as they are, or an older snapshot's put back. Both are rollouts to the definition that runs already, on other layers: journaled,
 * verified and rolled back as every rollout is. Pure.
 */
import type {
  CommittedRack,
  LayerStack,
  ObservedState,
  RackData,
  RackPlan,
  Snapshot,
} from '../model/index.js';
import { keep } from './decision.js';
import { restoredStack, sealedStack } from './layers.js';
import { type Rollout, rollbackSteps, rolloutSteps, undoSteps } from './steps.js';

export interface SnapshotInput {
  readonly committed: CommittedRack;
  readonly lastGeneration: number;
  readonly data: RackData;
  readonly observed: ObservedState;
  /** ms since the epoch. */
  readonly now: number;
  /** Of `snapshotsOf`. Null: the data as they are now are sealed. */
  readonly restore: Snapshot | null;
  /** The data as they are now are not set aside. */
  readonly discard: boolean;
}

export function planSnapshot(input: SnapshotInput): RackPlan {
  const { committed, data, observed, restore } = input;
  const { desired } = committed;
  const stack: LayerStack =
    restore === null ? sealedStack(committed.tree, data) : restoredStack(restore, committed.tree, data);
  const rollout: Rollout = {
    rack: desired.name,
    from: committed,
    to: { desired, tree: { generation: input.lastGeneration + 1, digest: desired.digest, ...stack } },
    resume: null,
    dependents: [],
    data,
    now: input.now,
    discards: input.discard,
    drops: [],
    rehearse: false,
  };
  return {
    ...keep(desired.name),
    action: 'swap',
    reason:
      restore === null ? 'a snapshot of its data was asked for' : `snapshot ${restore.id} was asked for`,
    fromImage: desired.image,
    toImage: desired.image,
    steps: rolloutSteps(rollout, observed),
    undo: undoSteps(rollout),
    rollback: rollbackSteps(rollout, observed),
  };
}
