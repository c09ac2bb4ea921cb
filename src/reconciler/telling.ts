/** What a pass tells beside the outcomes of its racks: troubles of the source, held removals, data that cannot be read. Each once. */
import type { Emit, Plan, StatusReport } from '../model/index.js';
import type { ReadableStore } from '../store/index.js';
import { isRemoteDown, type RevisionChoice } from './revision.js';

export interface TellingDeps {
  readonly store: Pick<ReadableStore, 'summary'>;
  readonly emit: Emit;
  readonly agent: () => StatusReport['agent'];
}

/** A trouble with the source is told when it is new; the agent tells itself, with its pause, that the remote is down. */
export async function tellTrouble(
  deps: TellingDeps,
  error: RevisionChoice['error'],
  heldRemovals: readonly string[],
): Promise<void> {
  if (heldRemovals.length > 0) {
    const message = `${heldRemovals.length} rack(s) are kept although Git does not define them any more`;
    deps.emit({ code: 'RemovalHeld', racks: heldRemovals, message });
  }
  if (error === null || (isRemoteDown(error.code) && deps.agent() !== null)) return;
  const told = (await deps.store.summary())?.sourceError;
  if (told?.code === error.code && told.message === error.message) return;
  deps.emit({ code: 'SourceFailed', error: error.code, message: error.message, retryInMs: null });
}

/** Once in a pass for each rack, also when the way back of one ends in this pass: only the host's administrator can mend it. */
export function tellUnreadable({ emit }: Pick<TellingDeps, 'emit'>, plan: Plan, told: Set<string>): void {
  for (const { rack, code, message } of plan.explanation) {
    if (code !== 'DataUnreadable' || rack === null || told.has(rack)) continue;
    told.add(rack);
    emit({ code: 'Warning', warning: code, message: `${rack}: ${message}` });
  }
}
