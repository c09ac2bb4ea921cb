/**
 * Makes one directory of sealed layers that shows, over whatever lies below, what they show on one another: the rules of overlayfs for whiteouts, opaque directories and
 * directories that lie on something else, applied once. Reads the layers, each entry by a descriptor that holds it, because a service may write to a layer meanwhile and put a
 * link or a pipe where a file was; writes only below the target. Knows no rack and no mount. docs/adr/0011.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, symlink } from 'node:fs/promises';
import {
  getHeldXattr,
  heldPath,
  holdEntry,
  makeNode,
  nextData,
  O_PATH,
  openHeld,
  readHeldLink,
  setTimes,
  setXattr,
  shareBlocks,
} from '../../kernel/index.js';
import { copyHeldFace } from './face.js';

/** What the kernel notes in a writable layer for itself: about inodes that are others here, or said anew. */
const notes: ReadonlySet<string> = new Set(
  ['origin', 'impure', 'nlink', 'uuid', 'opaque'].map((name) => `trusted.overlay.${name}`),
);
const opaqueName = 'trusted.overlay.opaque';

const chunkBytes = 1_048_576;

interface Merge {
  readonly signal: AbortSignal;
  /** Files with several names that were met before, by device and inode. */
  readonly linked: Map<string, Buffer>;
  readonly chunk: Buffer;
}

/**
 * `layers`: newest first. `target` does not exist. What goes from a layer before it was met is left out: whoever wants them whole looks afterwards whether they are all there still.
 * Aborted, or failed, it leaves what it made so far. Errors: those of the file system; the signal's reason.
 */
export async function mergeLayers(
  layers: readonly string[],
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const merge: Merge = { signal, linked: new Map(), chunk: Buffer.allocUnsafe(chunkBytes) };
  const held: number[] = [];
  try {
    for (const layer of layers) held.push(openSync(layer, O_PATH | constants.O_DIRECTORY));
    await mergeDirectory(held, Buffer.from(target), false, merge);
  } finally {
    for (const fd of held) closeSync(fd);
  }
}

/** `sources`: held directories at one path, newest first. `cutOff`: below them lies something that is no directory, so that nothing further down may show. */
async function mergeDirectory(
  sources: readonly number[],
  target: Buffer,
  cutOff: boolean,
  merge: Merge,
): Promise<void> {
  const opaque = sources.findIndex(isOpaque);
  const visible = opaque === -1 ? sources : sources.slice(0, opaque + 1);
  const [newest] = visible;
  if (newest === undefined) throw new Error('internal error: a directory of nothing');
  const found = fstatSync(newest, { bigint: true });
  await mkdir(target, { mode: 0o700 });
  for (const name of await namesIn(visible)) {
    merge.signal.throwIfAborted();
    await mergeEntry(visible, name, Buffer.concat([target, Buffer.from('/'), name]), merge);
  }
  if (cutOff || opaque !== -1) setXattr(target, opaqueName, Buffer.from('y'));
  await copyLooks(newest, found, target);
}

async function namesIn(directories: readonly number[]): Promise<readonly Buffer[]> {
  // As latin1 every name of bytes has a key of its own.
  const names = new Map<string, Buffer>();
  for (const directory of directories)
    for (const name of await readdir(heldPath(directory), 'buffer').catch(noneIfGone))
      names.set(name.toString('latin1'), name);
  return [...names.values()];
}

/** The newest that has something of the name decides; only directories go on downwards. */
async function mergeEntry(
  parents: readonly number[],
  name: Buffer,
  target: Buffer,
  merge: Merge,
): Promise<void> {
  const directories: number[] = [];
  let cutOff = false;
  try {
    for (const parent of parents) {
      const fd = holdEntry(parent, name);
      if (fd === null) continue;
      if (fstatSync(fd).isDirectory()) {
        directories.push(fd);
        continue;
      }
      try {
        if (directories.length === 0) return await copyEntry(fd, target, merge);
      } finally {
        closeSync(fd);
      }
      cutOff = true;
      break;
    }
    if (directories.length > 0) await mergeDirectory(directories, target, cutOff, merge);
  } finally {
    for (const fd of directories) closeSync(fd);
  }
}

/** Everything but a directory. A whiteout is a character device 0:0 and is copied as such: what it hides may lie further down. */
async function copyEntry(fd: number, target: Buffer, merge: Merge): Promise<void> {
  const found = fstatSync(fd, { bigint: true });
  const key = found.nlink > 1n ? `${found.dev}:${found.ino}` : null;
  const first = key === null ? undefined : merge.linked.get(key);
  if (first !== undefined && (await isLinked(first, target))) return;
  if (found.isSymbolicLink()) await symlink(readHeldLink(fd), target);
  else if (found.isFile()) await copyFile(fd, found, target, merge);
  else makeNode(target, Number(found.mode), found.rdev);
  await copyLooks(fd, found, target);
  if (key !== null) merge.linked.set(key, target);
}

/** False when the file has as many names as the file system allows. */
async function isLinked(first: Buffer, target: Buffer): Promise<boolean> {
  try {
    await link(first, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EMLINK') return false;
    throw error;
  }
}

/** Blocks are shared where the file system can; holes stay holes. */
async function copyFile(fd: number, found: BigIntStats, target: Buffer, merge: Merge): Promise<void> {
  const source = await openHeld(fd);
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(target, flags, 0o600);
    try {
      if (!shareBlocks(file.fd, source.fd)) await copyData(source, file, Number(found.size), merge);
    } finally {
      await file.close();
    }
  } finally {
    await source.close();
  }
}

async function copyData(source: FileHandle, file: FileHandle, size: number, merge: Merge): Promise<void> {
  await file.truncate(size);
  for (let run = nextData(source.fd, 0); run !== null; run = nextData(source.fd, run.end)) {
    for (let at = run.start; at < run.end; ) {
      merge.signal.throwIfAborted();
      const wanted = Math.min(chunkBytes, run.end - at);
      const { bytesRead } = await source.read(merge.chunk, 0, wanted, at);
      if (bytesRead === 0) return;
      await file.write(merge.chunk, 0, bytesRead, at);
      at += bytesRead;
    }
  }
}

/** With its times, last of all. */
async function copyLooks(fd: number, found: BigIntStats, target: Buffer): Promise<void> {
  await copyHeldFace(fd, target, (xattr) => !notes.has(xattr));
  setTimes(target, found.atimeNs, found.mtimeNs);
}

function isOpaque(directory: number): boolean {
  return getHeldXattr(directory, opaqueName)?.toString() === 'y';
}

/** A directory that was deleted while it is held. */
function noneIfGone(error: NodeJS.ErrnoException): readonly Buffer[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
