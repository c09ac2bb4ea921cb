/**
 * What the kernel knows about a directory: mounts below it, loop devices backed by files in it, processes that name it, cgroups made for it.
 * Reads /proc and /sys only, starts nothing and changes nothing. Independent of src/ on purpose: it checks what that code leaves behind.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Mount points at or below `directory`, in the order in which they were mounted. */
export function mountsUnder(directory: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const point = (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      );
      return isWithin(point, directory) ? [point] : [];
    });
}

/** Loop devices whose backing file is below `directory`, deleted ones too: `/dev/loop3 (/var/tmp/x/image)`. */
export function loopsOf(directory: string): { device: string; file: string }[] {
  return list('/sys/block').flatMap((name) => {
    if (!name.startsWith('loop')) return [];
    const file = read(`/sys/block/${name}/loop/backing_file`)
      .trim()
      .replace(/ \(deleted\)$/, '');
    return isWithin(file, directory) ? [{ device: `/dev/${name}`, file }] : [];
  });
}

export interface ProcessFact {
  readonly pid: number;
  readonly command: string;
}

/** Living processes with the directory somewhere in their arguments; not this process and not its ancestors. */
export function processesNaming(directory: string): ProcessFact[] {
  const spared = ownLine();
  return allPids().flatMap((pid) => {
    if (spared.has(pid)) return [];
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    return command.includes(directory) && !isZombie(pid) ? [{ pid, command }] : [];
  });
}

/** Children of this process, dead or alive; zombies are marked: they are a program that nobody waited for. */
export function childrenOf(parent: number): ProcessFact[] {
  return allPids().flatMap((pid) => {
    const [, state = '', ppid = ''] = /\) (\S) (\d+)/.exec(read(`/proc/${pid}/stat`)) ?? [];
    if (Number(ppid) !== parent) return [];
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    return [{ pid, command: state === 'Z' ? `zombie of ${read(`/proc/${pid}/comm`).trim()}` : command }];
  });
}

/** The cgroup directory name that belongs to a run directory; the default one has no suffix. */
export function cgroupName(runDirectory: string): string {
  if (runDirectory === '/run/rackops') return 'rackops';
  return `rackops-${createHash('sha256').update(runDirectory).digest('hex').slice(0, 8)}`;
}

/** Directories of that name in all mounted cgroup hierarchies, and what is below them; children come before their parents. */
export function cgroupDirectories(name: string): string[] {
  return cgroupMounts().flatMap((mount) => find(mount, (entry) => entry === name, 4).flatMap(withChildren));
}

/** Names of all cgroups that look like ours, in any hierarchy. */
export function cgroupsLikeOurs(): string[] {
  const names = cgroupMounts().flatMap((mount) =>
    find(mount, (entry) => /^rackops(-[0-9a-f]{8})?$/.test(entry), 4),
  );
  return names.sort();
}

/** Pids in a cgroup directory, itself only. */
export function pidsIn(directory: string): number[] {
  return read(join(directory, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
}

export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !isZombie(pid);
}

/** Start time of a process in clock ticks since boot: tells a reused pid from the same process. Null when it is gone. */
export function startTimeOf(pid: number): number | null {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ');
  const value = fields[19];
  return value === undefined ? null : Number(value);
}

function isZombie(pid: number): boolean {
  return /\) [ZX] /.test(read(`/proc/${pid}/stat`));
}

function allPids(): number[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function ownLine(): Set<number> {
  const line = new Set<number>();
  for (let pid = process.pid; pid > 0; ) {
    line.add(pid);
    pid = Number(/\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1] ?? 0);
  }
  return line;
}

function cgroupMounts(): string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, point = '', type = ''] = line.split(' ');
      return type === 'cgroup' || type === 'cgroup2' ? [point] : [];
    });
}

function find(directory: string, matches: (name: string) => boolean, depth: number): string[] {
  if (depth === 0) return [];
  return directoriesIn(directory).flatMap((name) => {
    const path = join(directory, name);
    return matches(name) ? [path] : find(path, matches, depth - 1);
  });
}

function withChildren(directory: string): string[] {
  return [...directoriesIn(directory).flatMap((name) => withChildren(join(directory, name))), directory];
}

function directoriesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/** Empty when it cannot be read: processes and devices come and go while we look. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
