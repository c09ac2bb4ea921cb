/**
 * What earlier keepers left: processes, cgroups, runtime state. The caller holds the keeper's lock and owns no container yet, so everything under the
 * cgroup root is an orphan. Must never look outside that root and the two directories.
 */
import { rm } from 'node:fs/promises';
import { cgroupsUnder, killCgroup, removeCgroup } from '../kernel/index.js';
import type { RuntimeDirectories } from './runtime.js';

const killDeadlineMs = 5_000;

/** Nothing of an earlier keeper runs any more; resolves to what could not be ended, for the log. */
export async function sweep(cgroupRoot: string, directories: RuntimeDirectories): Promise<readonly string[]> {
  const stuck = await Promise.all(
    cgroupsUnder(cgroupRoot).map(async (name) => {
      const left = await killCgroup(`${cgroupRoot}/${name}`, killDeadlineMs);
      return left.map((pid) => `pid ${pid} of "${name}"`);
    }),
  );
  removeCgroup(cgroupRoot);
  await removeState(directories);
  return stuck.flat();
}

/** The runtime's state and the started bundles are gone; with them the secrets in their environments. */
export async function removeState({ root, containers }: RuntimeDirectories): Promise<void> {
  await rm(root, { recursive: true, force: true });
  await rm(containers, { recursive: true, force: true });
}
