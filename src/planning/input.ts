/** Everything a plan depends on, as values. The planner reads nothing else: no clock, no host, no Git. */
import type {
  DesiredState,
  ObservedData,
  ObservedState,
  RackRecord,
  RolloutJournal,
} from '../model/index.js';

export interface PlanningInput {
  /** ms since the epoch. */
  readonly now: number;
  readonly desired: DesiredState;
  readonly records: readonly RackRecord[];
  readonly journals: readonly RolloutJournal[];
  readonly observed: ObservedState;
  /** Writable directories of the racks that may move in this pass; a rack without an entry has none. */
  readonly data: readonly ObservedData[];
  /** `suspend` without a rack. */
  readonly hostSuspended: boolean;
  readonly prune: {
    readonly maxPercent: number;
    /** The most this host may remove, from `Rackops-Allow-Prune` or `--allow-prune`; null = no allowance. */
    readonly allowance: number | null;
  };
}
