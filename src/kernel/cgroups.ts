/**
 * Cgroups of containers: which hierarchies this host has, who is in a cgroup, how to end them all and remove it. Works on v1, v2 and mixed hosts.
 * Calls are short reads and writes of kernel files, so they are synchronous. Must never touch a cgroup outside the root that it is given.
 */
import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

/** One mounted cgroup hierarchy. */
export interface CgroupHierarchy {
  /** Directory it is mounted at. */
  readonly mount: string;
  readonly version: 1 | 2;
  /** Controllers of a v1 hierarchy (`cpu`, `cpuacct`, `name=systemd`); empty for v2, which says them in a file. */
  readonly controllers: readonly string[];
}

/** Hierarchies from the text of `/proc/self/mountinfo`; the first mount of each counts. Pure. */
export function parseHierarchies(mountinfo: string): readonly CgroupHierarchy[] {
  const found = new Map<string, CgroupHierarchy>();
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    if (before === undefined || after === undefined || !after.startsWith('cgroup')) continue;
    const fields = before.split(' ');
    const [type, , superOptions = ''] = after.split(' ');
    const mount = fields[4];
    if (mount === undefined) continue;
    if (type === 'cgroup2') {
      if (!found.has('v2')) found.set('v2', { mount, version: 2, controllers: [] });
    } else if (type === 'cgroup') {
      const controllers = superOptions
        .split(',')
        .filter((option) => !['rw', 'ro', 'xattr', 'clone_children', 'noprefix'].includes(option))
        .filter((option) => !option.startsWith('release_agent='));
      const key = controllers.join(',');
      if (!found.has(key)) found.set(key, { mount, version: 1, controllers });
    }
  }
  return [...found.values()];
}

let cached: readonly CgroupHierarchy[] | null = null;

/** The hierarchies of this host; read once, they do not change while it runs. Throws when mountinfo cannot be read. */
export function cgroupHierarchies(): readonly CgroupHierarchy[] {
  cached ??= parseHierarchies(readFileSync('/proc/self/mountinfo', 'utf8'));
  return cached;
}

/** Names of the cgroups directly under `root` in any hierarchy (`root` without a leading slash), sorted. */
export function cgroupsUnder(root: string): readonly string[] {
  const names = new Set<string>();
  for (const { mount } of cgroupHierarchies()) {
    for (const name of directoriesIn(`${mount}/${root}`)) names.add(name);
  }
  return [...names].sort();
}

/** Pids in the cgroup `path` and below it, in any hierarchy, sorted. Empty when it does not exist. */
export function cgroupPids(path: string): readonly number[] {
  const pids = new Set<number>();
  for (const { mount } of cgroupHierarchies()) collectPids(`${mount}/${path}`, pids);
  return [...pids].sort((a, b) => a - b);
}

/** No process is in the cgroup `path` or below it, in any hierarchy, also none of another pid namespace. True when it does not exist. */
export function isCgroupEmpty(path: string): boolean {
  return cgroupHierarchies().every(({ mount }) => isEmpty(`${mount}/${path}`));
}

function isEmpty(directory: string): boolean {
  if (read(`${directory}/cgroup.procs`) !== '') return false;
  return directoriesIn(directory).every((name) => isEmpty(`${directory}/${name}`));
}

function collectPids(directory: string, pids: Set<number>): void {
  for (const line of read(`${directory}/cgroup.procs`).split('\n')) {
    const pid = Number(line);
    // 0 stands for a process of another pid namespace: nobody here can signal it.
    if (line !== '' && pid > 0) pids.add(pid);
  }
  for (const name of directoriesIn(directory)) collectPids(`${directory}/${name}`, pids);
}

/**
 * Ends every process of the cgroup `path`, stopped and frozen ones too, and waits until it is empty. Resolves to the pids that are left
 * after `deadlineMs` (stuck in the kernel, or a bug); empty is success.
 */
export async function killCgroup(path: string, deadlineMs: number): Promise<readonly number[]> {
  const deadline = performance.now() + deadlineMs;
  for (let waitMs = 1; ; waitMs = Math.min(50, waitMs * 2)) {
    signalCgroup(path);
    const left = cgroupPids(path);
    if (left.length === 0) return [];
    if (performance.now() >= deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/** SIGKILL to all, once: by the kernel where it can, else one by one. A frozen process dies only when thawed. */
function signalCgroup(path: string): void {
  for (const { mount, version, controllers } of cgroupHierarchies()) {
    if (version === 2) {
      write(`${mount}/${path}/cgroup.freeze`, '0');
      write(`${mount}/${path}/cgroup.kill`, '1');
    } else if (controllers.includes('freezer')) {
      write(`${mount}/${path}/freezer.state`, 'THAWED');
    }
  }
  for (const pid of cgroupPids(path)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended between the look and the signal.
    }
  }
}

/** The cgroup `path` and what is below it is gone from every hierarchy, if it is empty; says whether it is. */
export function removeCgroup(path: string): boolean {
  let gone = true;
  for (const { mount } of cgroupHierarchies()) gone = removeDirectory(`${mount}/${path}`) && gone;
  return gone;
}

function removeDirectory(directory: string): boolean {
  for (const name of directoriesIn(directory)) removeDirectory(`${directory}/${name}`);
  try {
    rmdirSync(directory);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
  return true;
}

function directoriesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** Empty when the file cannot be read: the cgroup is gone, or this hierarchy does not have it. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'r+' });
  } catch {
    // Not in this hierarchy or kernel; the signals that follow do the work.
  }
}
