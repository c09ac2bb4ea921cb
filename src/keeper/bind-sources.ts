/**
 * Are the mount sources of a bundle still what was checked when it was written? A start is repeated long after that, and whoever owns the directory above
 * a source may have put a symbolic link in its place meanwhile. Looks only; must never follow a link to somewhere and call that allowed.
 */
import { realpath } from 'node:fs/promises';

/** A source on a network file system that does not answer must not hold up other services for longer. */
const deadlineMs = 10_000;

/** Why the container must not be started, null when all bind sources of this OCI configuration are their own real paths. Never throws. */
export async function bindSourceProblem(config: object): Promise<string | null> {
  for (const source of bindSources(config)) {
    const real = await realPathInTime(source);
    if (real === source) continue;
    if (real === 'late') return `the mount source "${source}" gives no answer within ${deadlineMs / 1_000}s`;
    if (real === null) return `the mount source "${source}" is gone`;
    return `the mount source "${source}" has become a link to "${real}"`;
  }
  return null;
}

/** Sources of all bind mounts, as written. */
function bindSources(config: object): readonly string[] {
  const mounts: readonly unknown[] = 'mounts' in config && Array.isArray(config.mounts) ? config.mounts : [];
  return mounts.flatMap((mount) => {
    if (mount === null || typeof mount !== 'object') return [];
    const isBind = 'type' in mount && mount.type === 'bind';
    return isBind && 'source' in mount && typeof mount.source === 'string' ? [mount.source] : [];
  });
}

async function realPathInTime(path: string): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), deadlineMs);
  });
  const found = await Promise.race([realpath(path).catch(() => null), late]);
  clearTimeout(timer);
  return found;
}
