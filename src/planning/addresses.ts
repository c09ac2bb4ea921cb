/** Which listening addresses cannot be held at the same time. TCP only; a wildcard takes its port on every address. */
import type { ListenAddress } from '../model/index.js';

const wildcards = new Set(['0.0.0.0', '::']);

/**
 * True when the kernel would refuse one while the other is held. `[::]` takes IPv4 too unless it is opened for v6 only;
 * we treat it as taking both, because what users mean by `[::]:80` differs and a clash at run time is worse than a refusal.
 */
export function addressesConflict(a: ListenAddress, b: ListenAddress): boolean {
  if (a.port !== b.port) return false;
  if (a.host === '::' || b.host === '::') return true;
  if (a.family !== b.family) return false;
  return a.host === b.host || wildcards.has(a.host) || wildcards.has(b.host);
}

/** Addresses of `wanted` that clash with one of `taken`, in order. */
export function conflictingAddresses(
  wanted: readonly ListenAddress[],
  taken: readonly ListenAddress[],
): readonly string[] {
  return wanted.filter((w) => taken.some((t) => addressesConflict(w, t))).map((w) => w.address);
}
