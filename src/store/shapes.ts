/** Guards for what we wrote ourselves: whether a parsed document is whole. They look at what cannot be missing, not at every field. */
import type { AppliedRecord, RackRecord, RolloutJournal } from '../model/index.js';
import { isObject } from './versioned.js';

export function isRackRecord(value: unknown): value is RackRecord {
  return (
    isObject(value) &&
    typeof value.rack === 'string' &&
    typeof value.lastGeneration === 'number' &&
    Array.isArray(value.quarantined) &&
    (value.committed === null || isObject(value.committed))
  );
}

export function isJournal(value: unknown): value is RolloutJournal {
  return (
    isObject(value) &&
    typeof value.rack === 'string' &&
    typeof value.rolloutId === 'string' &&
    typeof value.phase === 'string' &&
    isObject(value.to)
  );
}

export function isApplied(value: unknown): value is AppliedRecord {
  return isObject(value) && typeof value.sourceDigest === 'string' && 'revision' in value;
}

/** For documents of which any object will do: they are rewritten at the next pass. */
export function isAnyObject<T>(value: unknown): value is T {
  return isObject(value);
}
