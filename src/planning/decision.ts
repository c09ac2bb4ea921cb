/** The question about one rack and the answer, as values; each rack is decided on alone. */
import {
  type DependentCheck,
  type DesiredRack,
  type Explanation,
  type ObservedData,
  type ObservedState,
  type RackAction,
  type RackPlan,
  type RackRecord,
  type RolloutJournal,
  type UnreadableData,
  unreadableHint,
} from '../model/index.js';

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
  readonly data: ObservedData;
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

/** Why a rack whose layers cannot be told is not moved, and nothing of its data is deleted. */
export function unreadableData({ rack, unreadable }: UnreadableData): Explanation {
  const message = `its layers cannot be told, so it is not moved and nothing of them is deleted: ${unreadable}; ${unreadableHint}`;
  return { rack, code: 'DataUnreadable', message };
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
