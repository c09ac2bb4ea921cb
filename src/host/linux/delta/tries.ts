/** Asks for something small again while that makes sense: less often than a download of the whole, which follows and has its own patience. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pauseMs } from '../fetch/again.js';
import type { Pace } from '../fetch/body.js';
import { asRefused } from '../fetch/request.js';

const tries = 3;

/** What `work` resolves to. Throws `Refused`, or the signal's reason. */
export async function tried<T>(work: () => Promise<T>, pace: Pace, signal: AbortSignal): Promise<T> {
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const refused = asRefused(error);
      const waitMs = pauseMs(refused, failures, Math.random(), pace.firstPauseMs);
      if (waitMs === null || failures >= tries) throw refused;
      await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
