/**
 * Backoff arithmetic: doubles from `firstMs`, capped at `maxMs`. `attempt` counts from 0.
 * `random` in [0, 1) adds up to a quarter, so that many hosts do not knock in step; pass 0 for none.
 */
export function backoffMs(attempt: number, firstMs: number, maxMs: number, random = 0): number {
  const plain = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
  return Math.min(maxMs, Math.round(plain * (1 + random / 4)));
}
