/** One clock for the processes of a measurement: CLOCK_MONOTONIC is the same in all of them. */

/** ms since some moment in the past; two processes may compare theirs. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
