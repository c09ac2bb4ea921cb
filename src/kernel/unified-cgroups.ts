/**
 * Hosts with cgroups of both versions: what a program sees that refuses such a mixture and works with version 1 alone (crun up to 1.x reads what is mounted there). Nothing
 * changes for anybody else.
 */
import { cgroupHierarchies } from './cgroups.js';
import { inPrivateMounts } from './private-mounts.js';

/** Where the version 2 hierarchy is on a host that has version 1 too; null on hosts of one version. Throws when mountinfo cannot be read. */
export function unifiedBesideLegacy(): string | null {
  const hierarchies = cgroupHierarchies();
  if (!hierarchies.some(({ version }) => version === 1)) return null;
  return hierarchies.find(({ version }) => version === 2)?.mount ?? null;
}

/**
 * Runs `start`, which starts a program at once. With `hidesUnified` that one finds an empty directory in place of the version 2 hierarchy of a mixed host.
 * Errors: its own; KernelError.
 */
export function startRuntime<T>({ hidesUnified }: { readonly hidesUnified: boolean }, start: () => T): T {
  const unified = hidesUnified ? unifiedBesideLegacy() : null;
  if (unified === null) return start();
  return inPrivateMounts(
    ({ coverByEmpty }) => {
      coverByEmpty(unified);
      return start();
    },
    { following: true },
  );
}
