/**
 * The racks' cgroups as the agent sees them: who runs where, ending what no keeper owns, which limits this host can keep.
 * Must never look outside the cgroup root of its run directory.
 */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cgroupHierarchies, cgroupPids, cgroupsUnder, killCgroup, removeCgroup } from '../../kernel/index.js';
import {
  cgroupRoot,
  containerPrefix,
  keeperPaths,
  type Layout,
  rackOfContainer,
  under,
} from '../../model/index.js';

const killDeadlineMs = 5_000;

/** Racks with at least one process in a cgroup of this run directory, sorted. */
export function racksWithProcesses(layout: Pick<Layout, 'run'>): readonly string[] {
  const root = cgroupRoot(layout.run);
  const racks = new Set<string>();
  for (const id of cgroupsUnder(root)) {
    const rack = rackOfContainer(id);
    if (rack !== null && !racks.has(rack) && cgroupPids(`${root}/${id}`).length > 0) racks.add(rack);
  }
  return [...racks].sort();
}

/** Host pids of all processes of the rack, those that were put in by `exec` too. */
export function rackPids(layout: Pick<Layout, 'run'>, rack: string): ReadonlySet<number> {
  const root = cgroupRoot(layout.run);
  const ids = cgroupsUnder(root).filter((id) => rackOfContainer(id) === rack);
  return new Set(ids.flatMap((id) => cgroupPids(`${root}/${id}`)));
}

/**
 * Ends every container of the service that is found by its cgroup, with no keeper to ask. `found`: there were processes; `left`: pids that SIGKILL
 * did not end.
 */
export async function killOrphans(
  layout: Pick<Layout, 'run'>,
  rack: string,
  service: string,
): Promise<{ readonly found: boolean; readonly left: readonly number[] }> {
  const root = cgroupRoot(layout.run);
  const paths = keeperPaths(layout);
  let found = false;
  const left: number[] = [];
  for (const id of cgroupsUnder(root).filter((name) => name.startsWith(containerPrefix(rack, service)))) {
    const cgroup = `${root}/${id}`;
    found ||= cgroupPids(cgroup).length > 0;
    left.push(...(await killCgroup(cgroup, killDeadlineMs)));
    removeCgroup(cgroup);
    await rm(under(paths.runtime, id), { recursive: true, force: true });
    await rm(under(paths.containers, id), { recursive: true, force: true });
  }
  if (cgroupsUnder(root).length === 0) removeCgroup(root);
  return { found, left };
}

export interface AvailableLimits {
  readonly memory: boolean;
  readonly cpu: boolean;
  readonly pids: boolean;
}

/** Which of a service's limits this host can keep: the controller is mounted (v1), or can be handed down to our cgroups (v2). */
export function limitsAvailable(): AvailableLimits {
  const usable = new Set<string>();
  for (const { mount, version, controllers } of cgroupHierarchies()) {
    const names = version === 1 ? controllers : delegable(mount);
    for (const name of names) usable.add(name);
  }
  return { memory: usable.has('memory'), cpu: usable.has('cpu'), pids: usable.has('pids') };
}

/**
 * v2 gives a controller to children only where the parent has no process of its own, except in the real root, which has no `cgroup.type`.
 * What is handed down already stays usable.
 */
function delegable(mount: string): readonly string[] {
  const enabled = words(`${mount}/cgroup.subtree_control`);
  const isRealRoot = text(`${mount}/cgroup.type`) === null;
  const hasProcesses = (text(`${mount}/cgroup.procs`) ?? '') !== '';
  return isRealRoot || !hasProcesses ? words(`${mount}/cgroup.controllers`) : enabled;
}

function words(file: string): readonly string[] {
  return (text(file) ?? '').split(/\s+/).filter((word) => word !== '');
}

function text(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
