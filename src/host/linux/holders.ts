/**
 * Who keeps a tree from going away: processes with a directory, a program, a file or a mapping in it, and mount namespaces with a copy of it.
 * Reads /proc only; a process that ends while it is looked at is skipped.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Holder } from '../../model/index.js';

export interface HeldTree {
  /** Mount point in our namespace. */
  readonly path: string;
  /** Source strings that name the rack's overlays begin so: `rack:web:`. */
  readonly sourcePrefix: string;
}

/** Holders of the tree, not counting `own` pids. Sorted by pid. */
export function findHolders(tree: HeldTree, own: ReadonlySet<number>): readonly Holder[] {
  const holders: Holder[] = [];
  const ourNamespace = readlinkSync('/proc/self/ns/mnt');
  const namespaces = new Map<string, boolean>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || own.has(pid)) continue;
    const how = quietly(() => howItHolds(pid, tree, ourNamespace, namespaces));
    if (how)
      holders.push({
        pid,
        command: quietly(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? '?',
        how,
      });
  }
  return holders.sort((a, b) => a.pid - b.pid);
}

function howItHolds(
  pid: number,
  tree: HeldTree,
  ourNamespace: string,
  namespaces: Map<string, boolean>,
): string | null {
  // Kernel threads have no exe, and nothing else that could hold a tree.
  const namespace = readlinkSync(`/proc/${pid}/ns/mnt`);
  if (namespace !== ourNamespace) {
    const known = namespaces.get(namespace);
    const holds = known ?? holdsCopy(pid, tree);
    namespaces.set(namespace, holds);
    return holds ? 'mount namespace' : null;
  }
  for (const link of ['cwd', 'root', 'exe']) {
    if (
      isInside(
        quietly(() => readlinkSync(`/proc/${pid}/${link}`)),
        tree.path,
      )
    )
      return link;
  }
  for (const fd of quietly(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
    if (
      isInside(
        quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`)),
        tree.path,
      )
    )
      return `fd ${fd}`;
  }
  const maps = quietly(() => readFileSync(`/proc/${pid}/maps`, 'utf8')) ?? '';
  return maps.includes(` ${tree.path}/`) ? 'mapped file' : null;
}

function holdsCopy(pid: number, tree: HeldTree): boolean {
  return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(` ${tree.sourcePrefix}`);
}

function isInside(target: string | null, path: string): boolean {
  return target !== null && (target === path || target.startsWith(`${path}/`));
}

/** Null for what vanished or may not be read. */
function quietly<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** `pid 4411 bash (cwd), pid 733 systemd-udevd (mount namespace)`; at most five are named. */
export function holdersText(holders: readonly Holder[]): string {
  const named = holders.slice(0, 5).map(({ pid, command, how }) => `pid ${pid} ${command} (${how})`);
  return holders.length > 5 ? `${named.join(', ')} and ${holders.length - 5} more` : named.join(', ');
}
