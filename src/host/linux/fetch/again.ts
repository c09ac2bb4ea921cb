/** When to ask a place again: within one download, and after it was given up. Arithmetic and one table; the clock is an argument. */
import { backoffMs } from '../../../lib/index.js';
import type { RackError } from '../../../model/index.js';
import { type Again, Refused } from './refused.js';

/** Failures in a row, without a byte in between, after which a download is given up for this pass. */
const tries = 5;
/** The pause before the second try, ms; it doubles. */
export const usualFirstPauseMs = 500;
const longestPauseMs = 8_000;
/** Nobody waits longer than this within a pass; what a server asks for beyond it is remembered instead. */
const mostPatienceMs = 10_000;
/** After a download was given up: 30 s, 1 min, 2 min … */
const firstRestMs = 30_000;
/** What was wrong with the question stays wrong for a while. */
const longestRestMs = 900_000;
/** So many places are remembered; more would be a definition that changes all the time. */
const mostPlaces = 1_000;

/** ms to wait before the next try of the same download; null when it is to be given up. `failures`: in a row, 1 for the first. `random` in [0, 1). */
export function pauseMs(
  failure: Refused,
  failures: number,
  random: number,
  firstPauseMs = usualFirstPauseMs,
): number | null {
  if (failure.again !== 'soon' || failures >= tries) return null;
  const pause = backoffMs(failures - 1, firstPauseMs, longestPauseMs, random);
  const wanted = Math.max(pause, failure.afterMs ?? 0);
  return wanted > mostPatienceMs ? null : wanted;
}

/** What was wrong with a place: with its answer, or with what it gave. */
export type Failure = Refused | RackError;

interface Rest {
  readonly failure: Failure;
  readonly failures: number;
  /** ms since the epoch. */
  readonly untilMs: number;
}

/** What this process remembers of places that failed. A new process asks again: somebody who runs `rackops sync` by hand has mended something. */
export interface Resting {
  /** Why not to ask there now; null when it may be asked. */
  check(place: string, nowMs: number): Failure | null;
  failed(place: string, failure: Failure, nowMs: number): void;
  succeeded(place: string): void;
}

/** `place` says all that a new question would change: URL, sha256, credentials. */
export function resting(): Resting {
  const places = new Map<string, Rest>();
  return {
    check: (place, nowMs) => {
      const rest = places.get(place);
      // A clock that was set back must not make us wait for ever.
      return rest !== undefined && nowMs < rest.untilMs && rest.untilMs - nowMs <= 4 * longestRestMs
        ? rest.failure
        : null;
    },
    failed: (place, failure, nowMs) => {
      const failures = (places.get(place)?.failures ?? 0) + 1;
      places.delete(place);
      const restMs = restOf(failure, failures);
      if (restMs === 0) return;
      places.set(place, { failure, failures, untilMs: nowMs + restMs });
      const [oldest] = places.keys();
      if (places.size > mostPlaces && oldest !== undefined) places.delete(oldest);
    },
    succeeded: (place) => {
      places.delete(place);
    },
  };
}

function restOf(failure: Failure, failures: number): number {
  const again = againOf(failure);
  if (again === 'always') return 0;
  const ownMs =
    again === 'unless-changed' ? longestRestMs : backoffMs(failures - 1, firstRestMs, longestRestMs);
  return Math.max(ownMs, failure instanceof Refused ? (failure.afterMs ?? 0) : 0);
}

/** What is wrong with the bytes of an image or of its signature stays wrong; a signature that is missing may come a moment later; the rest is about this host. */
function againOf(failure: Failure): Again {
  if (failure instanceof Refused) return failure.again;
  switch (failure.code) {
    case 'E_IMAGE_SIG_MISSING':
      return 'later';
    case 'E_IMAGE_AUTH_FILE':
    case 'E_PROGRAM_MISSING':
    case 'E_IMAGE_SIG_VERIFIER':
    case 'E_IMAGE_DAMAGED':
      return 'always';
    default:
      return 'unless-changed';
  }
}
