/** Exit code and result word of a pass, from what it found. Pure; the table is in docs/operations.md. */
import { isError, type Problem, type StatusReport } from '../model/index.js';

export interface PassFacts {
  readonly problems: readonly Problem[];
  readonly status: StatusReport;
  readonly sourceError: unknown;
  readonly heldRemovals: readonly string[];
}

/** 3 beats 1; 4 only when every rack is suspended. */
export function exitCodeOf({ problems, status, sourceError, heldRemovals }: PassFacts): 0 | 1 | 3 | 4 {
  if (problems.some(isError)) return 3;
  const racks = status.racks;
  if (racks.length > 0 && racks.every((rack) => rack.condition === 'Suspended')) return 4;
  if (sourceError !== null || heldRemovals.length > 0) return 1;
  return racks.every((rack) => rack.condition === 'Ready' || rack.condition === 'Suspended') ? 0 : 1;
}

/** `partial`: something is as it should be, something is not. */
export function resultOf(exitCode: 0 | 1 | 3 | 4, status: StatusReport): 'ok' | 'failed' | 'partial' {
  if (exitCode === 0 || exitCode === 4) return 'ok';
  return status.racks.some((rack) => rack.condition === 'Ready') ? 'partial' : 'failed';
}
