/**
 * Makes one directory of sealed layers that shows, over whatever lies below, what they show on one another: the rules of overlayfs for whiteouts, opaque directories and
 * directories that lie on something else, applied once. Reads the layers, writes only below the target; knows no rack and no mount. docs/adr/0011.
 */
import { type BigIntStats, constants } from 'node:fs';
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  symlink,
  unlink,
} from 'node:fs/promises';
import { getXattr, makeNode, nextData, setTimes, setXattr, shareBlocks } from '../../kernel/index.js';
import { copyFace } from './face.js';

/** What the kernel notes in a writable layer for itself: about inodes that are others here, or said anew. */
const notes: ReadonlySet<string> = new Set(
  ['origin', 'impure', 'nlink', 'uuid', 'opaque'].map((name) => `trusted.overlay.${name}`),
);
const opaqueName = 'trusted.overlay.opaque';

/** Node has no name for it. Looking at a layer is no use of its files. */
const O_NOATIME = 0o1000000;

const chunkBytes = 1_048_576;

interface Merge {
  readonly signal: AbortSignal;
  /** Files with several names that were met before, by device and inode. */
  readonly linked: Map<string, Buffer>;
  readonly chunk: Buffer;
  /** The source is written to meanwhile: what goes before it was copied is left out. */
  readonly isLive: boolean;
}

/**
 * `layers`: newest first. `target` does not exist. Aborted, or failed, it leaves what it made so far. Errors: those of the file system; the signal's reason.
 */
export async function mergeLayers(
  layers: readonly string[],
  target: string,
  signal: AbortSignal,
): Promise<void> {
  await merged(layers, target, signal, false);
}

/** One layer as it is, by the same rules, while a rack may write to it. `target` does not exist. Errors, as of mergeLayers. */
export async function copyLayer(layer: string, target: string, signal: AbortSignal): Promise<void> {
  await merged([layer], target, signal, true);
}

async function merged(
  layers: readonly string[],
  target: string,
  signal: AbortSignal,
  isLive: boolean,
): Promise<void> {
  const merge: Merge = { signal, linked: new Map(), chunk: Buffer.allocUnsafe(chunkBytes), isLive };
  await mergeDirectory(
    layers.map((layer) => Buffer.from(layer)),
    Buffer.from(target),
    false,
    merge,
  );
}

/** `sources`: directories at one path, newest first. `cutOff`: below them lies something that is no directory, so that nothing further down may show. */
async function mergeDirectory(
  sources: readonly Buffer[],
  target: Buffer,
  cutOff: boolean,
  merge: Merge,
): Promise<void> {
  const opaque = sources.findIndex(isOpaque);
  const visible = opaque === -1 ? sources : sources.slice(0, opaque + 1);
  const [newest] = visible;
  if (newest === undefined) throw new Error('internal error: a directory of nothing');
  await mkdir(target, { mode: 0o700 });
  for (const name of await namesIn(visible)) {
    merge.signal.throwIfAborted();
    const paths = visible.map((source) => join(source, name));
    await mergeEntry(paths, join(target, name), merge).catch(async (error: unknown) => {
      if (!merge.isLive || (await isThere(paths))) throw error;
      await unlink(join(target, name)).catch(() => {});
    });
  }
  if (cutOff || opaque !== -1) setXattr(target, opaqueName, Buffer.from('y'));
  await copyLooks(newest, await lstat(newest, { bigint: true }), target);
}

async function namesIn(directories: readonly Buffer[]): Promise<readonly Buffer[]> {
  // As latin1 every name of bytes has a key of its own.
  const names = new Map<string, Buffer>();
  for (const directory of directories)
    for (const name of await readdir(directory, 'buffer')) names.set(name.toString('latin1'), name);
  return [...names.values()];
}

/** The newest that has something at the path decides; only directories go on downwards. */
async function mergeEntry(paths: readonly Buffer[], target: Buffer, merge: Merge): Promise<void> {
  const directories: Buffer[] = [];
  let cutOff = false;
  for (const path of paths) {
    const found = await lstat(path, { bigint: true }).catch(ignoreAbsent);
    if (found === null) continue;
    if (found.isDirectory()) {
      directories.push(path);
      continue;
    }
    if (directories.length === 0) return copyEntry(path, found, target, merge);
    cutOff = true;
    break;
  }
  await mergeDirectory(directories, target, cutOff, merge);
}

/** Everything but a directory. A whiteout is a character device 0:0 and is copied as such: what it hides may lie further down. */
async function copyEntry(path: Buffer, found: BigIntStats, target: Buffer, merge: Merge): Promise<void> {
  const key = found.nlink > 1n ? `${found.dev}:${found.ino}` : null;
  const first = key === null ? undefined : merge.linked.get(key);
  if (first !== undefined && (await isLinked(first, target))) return;
  if (found.isSymbolicLink()) await symlink(await readlink(path, 'buffer'), target);
  else if (found.isFile()) await copyFile(path, found, target, merge);
  else makeNode(target, Number(found.mode), found.rdev);
  await copyLooks(path, found, target);
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
async function copyFile(path: Buffer, found: BigIntStats, target: Buffer, merge: Merge): Promise<void> {
  const source = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | O_NOATIME);
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
async function copyLooks(path: Buffer, found: BigIntStats, target: Buffer): Promise<void> {
  await copyFace(path, target, (xattr) => !notes.has(xattr));
  setTimes(target, found.atimeNs, found.mtimeNs);
}

async function isThere(paths: readonly Buffer[]): Promise<boolean> {
  for (const path of paths) if ((await lstat(path).catch(ignoreAbsent)) !== null) return true;
  return false;
}

function isOpaque(directory: Buffer): boolean {
  return getXattr(directory, opaqueName)?.toString() === 'y';
}

function join(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from('/'), name]);
}

function ignoreAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
