/** Which of the addresses that a rack wants are taken by another. */
import { type ListenAddress, listenConflict } from '../model/index.js';

/** Addresses of `wanted` that clash with one of `taken`, in order. */
export function conflictingAddresses(
  wanted: readonly ListenAddress[],
  taken: readonly ListenAddress[],
): readonly string[] {
  return wanted.filter((w) => taken.some((t) => listenConflict(w, t))).map((w) => w.address);
}
