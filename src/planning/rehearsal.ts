/** Is a swap rehearsed first, and if not, is there something to say about it? Pure. */
import type { CommittedRack, DesiredRack, ObservedState, RackRecord } from '../model/index.js';

export interface RehearsalDecision {
  readonly rehearse: boolean;
  /** Why not, where a reader could have expected one; else empty. */
  readonly whyNot: string;
}

/**
 * A rehearsal needs a version that runs: it is the one to be kept from harm, and the control. While nothing runs, a rehearsal would only make the outage longer.
 */
export function decideRehearsal(
  desired: DesiredRack,
  from: CommittedRack | null,
  record: RackRecord | null,
  observed: ObservedState,
): RehearsalDecision {
  const { rehearse } = desired.rollout;
  const no = (whyNot: string): RehearsalDecision => ({ rehearse: false, whyNot });
  if (from === null || rehearse === 'never') return no('');
  if (rehearse === 'auto' && desired.services.every(({ health }) => health === null)) return no('');
  if (!isRunning(from, observed)) return no('nothing of it runs, so there is no rehearsal');
  const isKnown = record?.committedDigests?.includes(desired.digest) === true;
  if (rehearse === 'auto' && isKnown) return no('committed here before, so there is no rehearsal');
  return { rehearse: true, whyNot: '' };
}

function isRunning({ desired, tree }: CommittedRack, observed: ObservedState): boolean {
  const isMounted = observed.trees.some(
    (seen) => seen.rack === desired.name && seen.asMade && seen.generation === tree.generation,
  );
  return (
    isMounted &&
    observed.supervisor.services.some(
      (seen) => seen.rack === desired.name && seen.generation === tree.generation && seen.pid !== null,
    )
  );
}
