/**
 * Times of a tree that becomes an image: those that its packages, archives and images brought stay, because things are built on them (Python takes a compiled file for stale whose source has another time);
 * those of the build itself, another at each, become one that is given.
 */
import { setTimes } from '../../kernel/index.js';
import type { HostPath } from '../../model/index.js';
import { walk } from './walk.js';

/** As of `ImagePacking.retime`. */
export async function retime(tree: HostPath, sinceMs: number, timeSeconds: number): Promise<void> {
  const ns = BigInt(timeSeconds) * 1_000_000_000n;
  const refuse = (error: unknown): never => {
    throw error;
  };
  for await (const { at, stat } of walk(tree, refuse)) if (stat.mtimeMs >= sinceMs) setTimes(at, ns, ns);
  setTimes(tree, ns, ns);
}
