/** Guards for what we wrote ourselves: whether a parsed document is whole. They look at what cannot be missing, not at every field. */
import type { AppliedRecord, ImageCheckRecord, RackRecord, RolloutJournal } from '../model/index.js';
import type { DesiredSummary, Evidence, LastPass, StoredDesired } from './ports.js';
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

export function isSummary(value: unknown): value is DesiredSummary {
  return (
    isObject(value) &&
    [value.racks, value.invalid, value.problems, value.heldRemovals, value.explanation].every(Array.isArray)
  );
}

export function isStoredDesired(value: unknown): value is StoredDesired {
  return (
    isObject(value) &&
    typeof value.key === 'string' &&
    isObject(value.desired) &&
    Array.isArray(value.desired.racks) &&
    Array.isArray(value.desired.invalid) &&
    [value.problems, value.files].every(Array.isArray)
  );
}

export function isLastPass(value: unknown): value is LastPass {
  return isObject(value) && typeof value.id === 'string' && typeof value.endedAt === 'string';
}

export function isEvidence(value: unknown): value is Evidence {
  return (
    isObject(value) &&
    typeof value.rolloutId === 'string' &&
    isObject(value.failure) &&
    Array.isArray(value.probes) &&
    isObject(value.output)
  );
}

export function isSuspension(value: unknown): value is { readonly at: string } {
  return isObject(value) && typeof value.at === 'string';
}

export function isImageCheck(value: unknown): value is ImageCheckRecord {
  return isObject(value) && 'at' in value && Array.isArray(value.damaged);
}
