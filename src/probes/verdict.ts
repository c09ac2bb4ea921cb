/**
 * Counts probe results into a verdict. Pure: the time since the start is an argument. It never probes and never acts;
 * a verdict changes only after several results in a row, and what was not tested yet is `unknown`, not healthy.
 */
import type { HealthCheck, ProbeResult } from '../model/index.js';

/** What is known of one service's health so far; a value, replaced at each result. */
export interface ProbeCount {
  readonly verdict: 'healthy' | 'unhealthy' | 'unknown';
  /** Successes in a row. */
  readonly successes: number;
  /** Failures in a row that count: those of the start period do not. */
  readonly failures: number;
  /** It answered well once: from then on the start period excuses nothing. */
  readonly started: boolean;
}

export const noProbesYet: ProbeCount = { verdict: 'unknown', successes: 0, failures: 0, started: false };

type Limits = Pick<HealthCheck, 'startPeriodMs' | 'healthyAfter' | 'unhealthyAfter'>;

/**
 * The count after one more result. `sinceStartMs`: ms from the service's start to the result.
 * A result `unknown` (the probe itself could not be made) is no evidence and changes nothing.
 */
export function countProbe(
  count: ProbeCount,
  result: Pick<ProbeResult, 'result'>,
  limits: Limits,
  sinceStartMs: number,
): ProbeCount {
  if (result.result === 'unknown') return count;
  if (result.result === 'success') {
    const successes = count.successes + 1;
    const verdict = successes >= limits.healthyAfter ? 'healthy' : count.verdict;
    return { verdict, successes, failures: 0, started: true };
  }
  const started = count.started || count.verdict !== 'unknown';
  if (!started && sinceStartMs < limits.startPeriodMs) return { ...count, successes: 0 };
  const failures = count.failures + 1;
  const verdict = failures >= limits.unhealthyAfter ? 'unhealthy' : count.verdict;
  return { verdict, successes: 0, failures, started };
}
