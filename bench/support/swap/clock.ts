/** One clock for the processes of a measurement: CLOCK_MONOTONIC is the same in all of them. */
import type { Part } from './contender.js';

/** ms since some moment in the past; two processes may compare theirs. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export interface Laps {
  /** So far, in order. */
  readonly parts: readonly Part[];
  /** What happened since the last lap, or since the beginning, has this name. */
  lap(name: string): void;
}

/** A stopwatch that runs from now on. */
export function laps(): Laps {
  const parts: Part[] = [];
  let last = monotonicMs();
  return {
    parts,
    lap: (name) => {
      const ms = monotonicMs();
      parts.push({ name, ms: ms - last });
      last = ms;
    },
  };
}
