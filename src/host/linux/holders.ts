/**
 * Who keeps a tree from going away: processes with a directory, a program, a file or a mapping in it, mount namespaces with a copy of it, and mounts
 * of ours below it or of a part of it. Reads /proc only; a process that ends while it is looked at is skipped.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Holder } from '../../model/index.js';
import { type MountRecord, mountedAtOrBelow, optionValue, parseMountinfo } from './mountinfo.js';

export interface HeldTree {
  /** Mount point in our namespace. */
  readonly path: string;
  /** The upper directories of the rack's overlays begin so, `/racks/readwrite/web/`: a rack of the same name in another root is none of ours. */
  readonly upperPrefix: string;
}

/** How long a copy in another namespace may be there without counting; a container that starts has one for some 20 ms, on a busy host for longer. */
const settleMs = 2_000;
const settlePollMs = 20;
const inNamespace = 'mount namespace';

/**
 * Holders of the tree, not counting `own` pids. A process whose only hold is a mount namespace counts when it is there in every look for 2 s: every
 * container that starts, also another rack's, has a copy of all mounts until it has changed its root.
 */
export async function lastingHolders(
  tree: HeldTree,
  own: () => Promise<ReadonlySet<number>>,
): Promise<readonly Holder[]> {
  const deadline = performance.now() + settleMs;
  let holders = findHolders(tree, await own());
  while (holders.some(({ how }) => how === inNamespace) && performance.now() < deadline) {
    await sleep(settlePollMs);
    const before = new Set(holders.map(({ pid }) => pid));
    holders = findHolders(tree, await own()).filter(({ pid, how }) => how !== inNamespace || before.has(pid));
  }
  return holders;
}

/**
 * The same for what an unmount would not notice: copies in other mount namespaces, and mounts of ours. A process of our own namespace makes the unmount fail while
 * all is still mounted; looking at every descriptor of the machine would cost more than the whole rest of a swap.
 */
export async function lastingCopies(
  tree: HeldTree,
  own: () => Promise<ReadonlySet<number>>,
): Promise<readonly Holder[]> {
  const isCopyOf = ({ how }: Holder): boolean => how === inNamespace || how.startsWith('at ');
  // Without a look at who is the rack's own: where its services have ended there is nobody, and elsewhere the second look tells.
  const copies = findHolders(tree, new Set(), false);
  return copies.length === 0 ? [] : (await lastingHolders(tree, own)).filter(isCopyOf);
}

/**
 * Holders of the tree at this moment, not counting `own` pids. Sorted by pid; a mount of ours has pid 0. `deeply`: processes of our own namespace are
 * looked at as well.
 */
export function findHolders(tree: HeldTree, own: ReadonlySet<number>, deeply = true): readonly Holder[] {
  const ours = parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const holders = mountsThatHold(tree, ours);
  const ourNamespace = readlinkSync('/proc/self/ns/mnt');
  const look = { tree, peers: peersOf(tree, ours), ourNamespace, deeply };
  const namespaces = new Map<string, boolean>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || own.has(pid)) continue;
    const how = quietly(() => howItHolds(pid, look, namespaces));
    if (how)
      holders.push({
        pid,
        command: quietly(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? '?',
        how,
      });
  }
  return holders.sort((a, b) => a.pid - b.pid);
}

interface Look {
  readonly tree: HeldTree;
  /** Peer groups of our mount of the tree: an unmount reaches their members too. */
  readonly peers: ReadonlySet<string>;
  readonly ourNamespace: string;
  readonly deeply: boolean;
}

/** What an administrator mounted in the tree, and what was mounted from it to another place. */
function mountsThatHold(tree: HeldTree, ours: readonly MountRecord[]): Holder[] {
  const below = new Set(mountedAtOrBelow(ours, tree.path));
  return ours
    .filter((record) => record.mountPoint !== tree.path && (below.has(record) || isCopy(record, tree)))
    .map((record) => ({ pid: 0, command: 'mount', how: `at ${record.mountPoint}` }));
}

function peersOf(tree: HeldTree, ours: readonly MountRecord[]): ReadonlySet<string> {
  const tags = ours.filter(({ mountPoint }) => mountPoint === tree.path).flatMap((record) => record.peers);
  return new Set(tags.filter((tag) => tag.startsWith('shared:')).map((tag) => tag.slice('shared:'.length)));
}

function howItHolds(pid: number, look: Look, namespaces: Map<string, boolean>): string | null {
  const { tree } = look;
  // Kernel threads have no namespace to read, and nothing else that could hold a tree.
  const namespace = readlinkSync(`/proc/${pid}/ns/mnt`);
  if (namespace !== look.ourNamespace) {
    const holds = namespaces.get(namespace) ?? holdsCopy(pid, look);
    namespaces.set(namespace, holds);
    return holds ? inNamespace : null;
  }
  if (!look.deeply) return null;
  for (const link of ['cwd', 'root', 'exe']) {
    if (isInside(linkOf(pid, link), tree.path)) return link;
  }
  for (const fd of quietly(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
    if (isInside(linkOf(pid, `fd/${fd}`), tree.path)) return `fd ${fd}`;
  }
  const maps = quietly(() => readFileSync(`/proc/${pid}/maps`, 'utf8')) ?? '';
  return maps.includes(` ${tree.path}/`) ? 'mapped file' : null;
}

/**
 * A copy that our unmount reaches holds nothing: under systemd `/` is shared, and every service with a namespace of its own receives our mounts and unmounts
 * as a slave.
 */
function holdsCopy(pid: number, { tree, peers }: Look): boolean {
  const text = readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
  if (!text.includes(tree.upperPrefix)) return false;
  return parseMountinfo(text).some(
    (record) =>
      isCopy(record, tree) && !record.peers.some((tag) => peers.has(tag.replace(/^(shared|master):/, ''))),
  );
}

function isCopy(record: MountRecord, tree: HeldTree): boolean {
  return (
    record.type === 'overlay' &&
    optionValue(record.superOptions, 'upperdir')?.startsWith(tree.upperPrefix) === true
  );
}

function linkOf(pid: number, name: string): string | null {
  return quietly(() => readlinkSync(`/proc/${pid}/${name}`));
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
