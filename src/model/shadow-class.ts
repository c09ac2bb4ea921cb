/** Which class of shadow is one entry of the writable layer? The table of docs/shadow.md, row by row. Pure. */
import type { Sameness, ShadowClass, ShadowFacts } from './shadow.js';

/** Null: nothing to tell, as of a directory that only leads to what is in it. */
export function shadowClass(facts: ShadowFacts): ShadowClass | null {
  const { upper, running, next, hidden, feature } = facts;
  if (feature !== null) return 'unsupported';
  if (next === null && (running === null || upper === 'whiteout')) return 'state';
  if (upper === 'whiteout') return isSame(facts.runningNext) ? 'local-edit' : 'hidden-update';
  if (upper === 'directory' && next === 'directory') {
    if (hidden.count > 0) return 'hidden-subtree';
    return isSame(facts.upperNext) ? null : byComparison(facts);
  }
  // A directory that the new image has no more is only the way to what the service wrote in it.
  if (upper === 'directory' && next === null) return 'state';
  if (next !== null && upper !== next) return isSame(facts.runningNext) ? 'local-edit' : 'type-mismatch';
  return byComparison(facts);
}

/** Both are of one kind, or the new image has nothing there any more. */
function byComparison(facts: ShadowFacts): ShadowClass {
  const { running, next, upperRunning, upperNext, runningNext } = facts;
  if (isSame(upperNext)) return 'redundant';
  if (running === null) return 'collision';
  if (isSame(runningNext)) return 'local-edit';
  if (next === null) return upperRunning?.content === true ? 'stale-copy-up' : 'conflict';
  const isStale = upperRunning?.content === true && runningNext?.content !== true;
  // Three times the same bytes: then the question is whose owner and mode are seen.
  const isStaleLook = upperRunning?.looks === true && isOneContent(facts);
  return isStale || isStaleLook ? 'stale-copy-up' : 'conflict';
}

/** The three have one content. */
function isOneContent({ upperRunning, runningNext }: ShadowFacts): boolean {
  return upperRunning?.content === true && runningNext?.content === true;
}

function isSame(sameness: Sameness | null): boolean {
  return sameness?.content === true && sameness.looks;
}

/** For people: what differs, in a few words; empty where the class says it all. */
export function shadowDetail(facts: ShadowFacts, found: ShadowClass): string {
  const { upper, running, next, hidden, feature, upperNext } = facts;
  switch (found) {
    case 'unsupported':
      return `has ${feature}`;
    case 'hidden-subtree':
      return `hides ${hidden.names.join(', ')}${hidden.count > hidden.names.length ? ` and ${hidden.count - hidden.names.length} more` : ''}`;
    case 'type-mismatch':
      return `a ${upper} over a ${next}`;
    case 'hidden-update':
      return running === null ? 'deleted here, new in the image' : 'deleted here, changed in the image';
    case 'local-edit':
      return upper === 'whiteout'
        ? 'deleted here'
        : upper === next
          ? onlyLooks(upperNext)
          : `a ${upper} over a ${next}`;
    case 'stale-copy-up':
    case 'conflict':
      return next === null ? 'the image has it no more' : onlyLooks(upperNext);
    case 'collision':
      return onlyLooks(upperNext);
    default:
      return '';
  }
}

function onlyLooks(sameness: Sameness | null): string {
  return sameness?.content === true ? 'owner, mode or attributes only' : '';
}
