/**
 * Are two entries the same to whoever uses them? Content byte by byte, only where sizes are equal and no further than the first difference; owner, mode and the attributes that a program can
 * notice; never times. Both are held by descriptors: no link is followed, nothing but regular files is opened.
 */
import { closeSync, fstatSync, type Stats } from 'node:fs';
import {
  getHeldXattr,
  holdEntry,
  listHeldXattrs,
  openHeld,
  readHeldLink,
  readHeldNow,
} from '../../kernel/index.js';
import type { EntryKind, Sameness } from '../../model/index.js';
import { namesIn } from './merged-entries.js';

const chunkBytes = 131_072;
/** Up to here a file is read at once: the thread pool costs more than that, and a block of an image is as large. */
const smallBytes = 131_072;
/** Below a directory that is covered as a whole: beyond, it counts as changed. */
const maxBelow = 10_000;
const maxDepth = 64;

const noticed = /^(?:user\.|security\.capability$|system\.posix_acl_)/;

/** Whether an extended attribute says something to a program; labels and signatures of the host's own security modules are not the image's. */
export function isNoticed(xattr: string): boolean {
  return noticed.test(xattr);
}

export interface Held {
  readonly fd: number;
  readonly stat: Stats;
  readonly kind: EntryKind;
  /** Names of its extended attributes; asked for once. */
  readonly xattrs: () => readonly string[];
  /** Bytes of a small regular file; read once. */
  readonly bytes: () => Buffer;
}

/** The same file three times, as a writable layer and two images have it. Each is null where one of the two is absent, or the kinds differ. */
export interface ThreeWays {
  readonly upperRunning: Sameness | null;
  readonly upperNext: Sameness | null;
  readonly runningNext: Sameness | null;
}

/** Called before each piece of work; throws when there is no more time. */
export type Tick = () => void;

/** `fd` stays the caller's. Errors of its functions: the file system's own. */
export function heldEntry(fd: number): Held {
  const stat = fstatSync(fd);
  return {
    fd,
    stat,
    kind: kindOf(stat),
    xattrs: once(() => listHeldXattrs(fd)),
    bytes: once(() => readHeldNow(fd, stat.size)),
  };
}

function once<T>(ask: () => T): () => T {
  let known: { readonly value: T } | null = null;
  return () => {
    known ??= { value: ask() };
    return known.value;
  };
}

function kindOf(stat: Stats): EntryKind {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isFIFO()) return 'pipe';
  if (stat.isSocket()) return 'socket';
  return stat.isCharacterDevice() && stat.rdev === 0 ? 'whiteout' : 'device';
}

/** Null where one is absent, or the kinds differ. Of directories: their looks only. Errors: those of the file system, and of `tick`. */
export async function sameness(one: Held | null, other: Held | null, tick: Tick): Promise<Sameness | null> {
  if (one === null || other === null || one.kind !== other.kind) return null;
  return { content: await isSameContent(one, other, tick), looks: hasSameLooks(one, other) };
}

/** As of sameness, of each two of the three: what follows from two of the answers is not looked at again. */
export async function samenesses(
  upper: Held,
  running: Held | null,
  next: Held | null,
  tick: Tick,
): Promise<ThreeWays> {
  const upperRunning = await sameness(upper, running, tick);
  const upperNext = await sameness(upper, next, tick);
  if (upperRunning === null || upperNext === null || running === null || next === null)
    return { upperRunning, upperNext, runningNext: await sameness(running, next, tick) };
  const follows = upperRunning.content || upperNext.content;
  const content = follows
    ? upperRunning.content === upperNext.content
    : await isSameContent(running, next, tick);
  return { upperRunning, upperNext, runningNext: { content, looks: hasSameLooks(running, next) } };
}

async function isSameContent(one: Held, other: Held, tick: Tick): Promise<boolean> {
  switch (one.kind) {
    case 'file':
      if (one.stat.size !== other.stat.size) return false;
      if (one.stat.size <= smallBytes) return one.bytes().equals(other.bytes());
      return await haveSameBytes(one.fd, other.fd, one.stat.size, tick);
    case 'link':
      return readHeldLink(one.fd).equals(readHeldLink(other.fd));
    case 'device':
      return one.stat.rdev === other.stat.rdev && one.stat.mode === other.stat.mode;
    default:
      return true;
  }
}

async function haveSameBytes(one: number, other: number, size: number, tick: Tick): Promise<boolean> {
  const files = [await openHeld(one)];
  try {
    files.push(await openHeld(other));
    const chunks = files.map(() => Buffer.allocUnsafe(Math.min(chunkBytes, size)));
    for (let at = 0; at < size; ) {
      tick();
      const read = await Promise.all(
        files.map((file, index) =>
          file.read(chunks[index] ?? Buffer.alloc(0), 0, chunks[index]?.length ?? 0, at),
        ),
      );
      const [a, b] = read.map(({ bytesRead, buffer }) => buffer.subarray(0, bytesRead));
      if (a === undefined || b === undefined || !a.equals(b)) return false;
      if (a.length === 0) return true;
      at += a.length;
    }
    return true;
  } finally {
    for (const file of files) await file.close();
  }
}

function hasSameLooks(one: Held, other: Held): boolean {
  const [a, b] = [one.stat, other.stat];
  if (a.uid !== b.uid || a.gid !== b.gid) return false;
  // The mode of a link means nothing.
  if (one.kind !== 'link' && (a.mode & 0o7777) !== (b.mode & 0o7777)) return false;
  return attributesOf(one) === attributesOf(other);
}

function attributesOf({ fd, xattrs }: Held): string {
  const names = xattrs().filter(isNoticed);
  return names
    .sort()
    .map((name) => `${name}=${getHeldXattr(fd, name)?.toString('hex')}`)
    .join();
}

/** Two directories with all that is in them. False when there is too much of it to be looked at. Errors: as of sameness. */
export async function isSameTree(one: Held, other: Held, tick: Tick): Promise<boolean> {
  const budget = { left: maxBelow };
  return await isSameBelow(one, other, tick, budget, maxDepth);
}

async function isSameBelow(
  one: Held,
  other: Held,
  tick: Tick,
  budget: { left: number },
  depth: number,
): Promise<boolean> {
  tick();
  if (depth === 0) return false;
  const found = await sameness(one, other, tick);
  if (found?.content !== true || !found.looks) return false;
  if (one.kind !== 'directory') return true;
  const names = new Set<string>();
  for await (const name of namesIn(one.fd)) {
    if (budget.left-- <= 0) return false;
    names.add(name.toString('latin1'));
    const pair = [holdEntry(one.fd, name), holdEntry(other.fd, name)];
    try {
      const [a, b] = pair;
      if (a == null || b == null) return false;
      if (!(await isSameBelow(heldEntry(a), heldEntry(b), tick, budget, depth - 1))) return false;
    } finally {
      for (const fd of pair) if (fd !== null) closeSync(fd);
    }
  }
  for await (const name of namesIn(other.fd)) if (!names.has(name.toString('latin1'))) return false;
  return true;
}
