/** What one pass did: printed by `sync`, kept as `lastPass`, turned into an exit code. */
import type { Explanation, RackAction } from './plan.js';
import type { Problem } from './problem.js';
import type { StatusReport } from './status.js';

export interface RackOutcome {
  readonly rack: string;
  readonly action: RackAction;
  /** `done`; `rolled-back`: failed, the old version runs; `failed`; `waiting`: held by another rack or a person. */
  readonly outcome: 'done' | 'rolled-back' | 'failed' | 'waiting';
  readonly reason: string;
  readonly message: string;
  /** Set when an image did not fit on the disk: its bytes. */
  readonly wantedBytes?: number;
  readonly durationMs: number;
  /** Wall time of each phase in ms, in order. */
  readonly phases: readonly { readonly phase: string; readonly durationMs: number }[];
}

export interface PassReport {
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly revision: string | null;
  readonly result: 'ok' | 'failed' | 'partial';
  readonly trigger: string;
  /** Remote down, rewind refused, lock lost …: what kept the pass from working on the newest revision. */
  readonly sourceError: { readonly code: string; readonly message: string; readonly hint: string } | null;
  readonly problems: readonly Problem[];
  readonly racks: readonly RackOutcome[];
  readonly explanation: readonly Explanation[];
  readonly heldRemovals: readonly string[];
  /** Exit code of `sync` (`design.md` section 6). */
  readonly exitCode: 0 | 1 | 3 | 4;
  readonly status: StatusReport;
}
