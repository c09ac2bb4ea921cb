/**
 * Decides which racks may be removed: only from the inventory, within the budget, never by absence that proves nothing.
 * It must not look at anything but names and counts.
 */
import type { DesiredState, RackRecord } from '../model/index.js';

export interface RemovalDecision {
  /** Sorted. */
  readonly remove: readonly string[];
  /** Sorted; these keep running until there is an allowance. */
  readonly held: readonly string[];
  /** Why they are held, for people; empty when none is. */
  readonly message: string;
}

/**
 * Without an allowance one revision may remove at most max(1, ⌊max %⌋) of this host's racks and never the last one.
 * What goes over the budget holds *all* new removals: half a mistake is still a mistake. A removal that has begun is finished.
 */
export function decideRemovals(
  desired: DesiredState,
  records: readonly RackRecord[],
  prune: { readonly maxPercent: number; readonly allowance: number | null },
): RemovalDecision {
  const wanted = new Set([...desired.racks.map((rack) => rack.name), ...desired.invalid]);
  const installed = records.filter((record) => record.committed !== null);
  const begun = installed.filter((record) => record.removing !== null).map((record) => record.rack);
  const gone = installed.filter((record) => !wanted.has(record.rack)).map((record) => record.rack);
  const asked = gone.filter((name) => !begun.includes(name)).sort();
  const finish = begun.sort();
  if (asked.length === 0) return { remove: finish, held: [], message: '' };
  if (!desired.complete) {
    return {
      remove: finish,
      held: asked,
      message: 'no valid definition was found in the repository, which proves nothing',
    };
  }
  const { allowance, maxPercent } = prune;
  if (allowance !== null) {
    if (gone.length <= allowance) return { remove: [...finish, ...asked].sort(), held: [], message: '' };
    return {
      remove: finish,
      held: asked,
      message: `${gone.length} of ${installed.length} racks would be removed, the allowance is ${allowance}`,
    };
  }
  const limit = Math.max(1, Math.floor((installed.length * maxPercent) / 100));
  if (gone.length > limit || gone.length === installed.length) {
    const rule = gone.length > limit ? `at most ${limit} without an allowance` : 'never the last one';
    return {
      remove: finish,
      held: asked,
      message: `${gone.length} of ${installed.length} racks would be removed, ${rule}`,
    };
  }
  return { remove: [...finish, ...asked].sort(), held: [], message: '' };
}
