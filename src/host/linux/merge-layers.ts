/**
 * Makes one directory of sealed layers that shows, over whatever lies below, what they show on one another: the rules of overlayfs for whiteouts, opaque directories and
 * directories that lie on something else, applied once. Reads the layers, each entry by a descriptor that holds it, because a service may write to a layer meanwhile and put a
 * link or a pipe where a file was; writes only below the target, each entry by its name in a directory that is held, because services make trees that no path names. Knows no
 * rack and no mount. docs/adr/0011.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { link, mkdir, open, readdir, symlink } from 'node:fs/promises';
import {
  getHeldXattr,
  heldPath,
  holdDirectory,
  holdEntry,
  makeNode,
  O_PATH,
  openHeld,
  readHeldLink,
  setTimes,
  setXattr,
} from '../../kernel/index.js';
import { type Copying, copyData, copying } from './copy-data.js';
import { copyHeldFace } from './face.js';
import { type Place, pathOf, placeIn } from './place.js';
import { depthText } from './walk.js';

/** What the kernel notes in a writable layer for itself: about inodes that are others here, or said anew. */
const notes: ReadonlySet<string> = new Set(
  ['origin', 'impure', 'nlink', 'uuid', 'opaque'].map((name) => `trusted.overlay.${name}`),
);
const opaqueName = 'trusted.overlay.opaque';

/** No path that a service can give a name at once has more directories. */
const maxDepth = 2_048;
/** Descriptors: each directory on the way down costs one for every layer that has it, and one more. The agent has others to open meanwhile. */
const maxHeld = 8_192;

/** What is merged lies too deep for it; the message names the place. `source`: index of the layer, the newest that has it. */
export class TooDeep extends Error {
  constructor(
    message: string,
    readonly source: number,
  ) {
    super(message);
  }
}

interface Merge extends Copying {
  /** The directory that is written, held. */
  readonly root: number;
  /** Files with several names that were met before, by device and inode. */
  readonly linked: Map<string, Place>;
  /** Descriptors that are open. */
  held: number;
}

/** A directory of a layer, held. */
interface Source {
  readonly fd: number;
  /** Of its layer. */
  readonly index: number;
}

/** Where something is made: `at` leads there as long as the directory above is held. */
interface Target {
  readonly at: Buffer;
  /** Null for the whole. */
  readonly place: Place | null;
}

interface TargetEntry extends Target {
  readonly place: Place;
}

/**
 * `layers`: newest first. `target` does not exist. What goes from a layer before it was met is left out: whoever wants them whole looks afterwards whether they are all there still.
 * Aborted, or failed, it leaves what it made so far. Errors: TooDeep; those of the file system; the signal's reason.
 */
export async function mergeLayers(
  layers: readonly string[],
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const sources: Source[] = [];
  try {
    for (const [index, layer] of layers.entries()) sources.push({ fd: holdTop(layer), index });
    await mkdir(target, { mode: 0o700 });
    const root = holdTop(target);
    try {
      const merge: Merge = { ...copying(signal), root, linked: new Map(), held: sources.length + 1 };
      await mergeDirectory(sources, { at: Buffer.from(target), place: null }, root, false, merge);
    } finally {
      closeSync(root);
    }
  } finally {
    for (const { fd } of sources) closeSync(fd);
  }
}

/** One entry of a held directory, with all that is in it, into another one, where nothing has its new name. Errors: as of `mergeLayers`. */
export async function copyEntryInto(from: number, name: Buffer, into: number, as: Buffer): Promise<void> {
  const never = new AbortController().signal;
  const merge: Merge = { ...copying(never), root: into, linked: new Map(), held: 2 };
  const at = Buffer.concat([Buffer.from(`${heldPath(into)}/`), as]);
  await mergeEntry([{ fd: from, index: 0 }], name, { at, place: placeIn(null, as) }, into, merge);
}

function holdTop(directory: string): number {
  return openSync(directory, O_PATH | constants.O_DIRECTORY);
}

/**
 * `sources`: at one path, newest first. `made`: the target, held. `cutOff`: below them lies something that is no directory, so that nothing further down may show.
 */
async function mergeDirectory(
  sources: readonly Source[],
  target: Target,
  made: number,
  cutOff: boolean,
  merge: Merge,
): Promise<void> {
  const opaque = sources.findIndex(({ fd }) => isOpaque(fd));
  const visible = opaque === -1 ? sources : sources.slice(0, opaque + 1);
  const [newest] = visible;
  if (newest === undefined) throw new Error('internal error: a directory of nothing');
  const found = fstatSync(newest.fd, { bigint: true });
  for (const name of await namesIn(visible)) {
    merge.signal.throwIfAborted();
    const at = Buffer.concat([Buffer.from(`${heldPath(made)}/`), name]);
    await mergeEntry(visible, name, { at, place: placeIn(target.place, name) }, made, merge);
  }
  if (cutOff || opaque !== -1) setXattr(target.at, opaqueName, Buffer.from('y'));
  await copyLooks(newest.fd, found, target.at);
}

async function namesIn(directories: readonly Source[]): Promise<readonly Buffer[]> {
  // As latin1 every name of bytes has a key of its own.
  const names = new Map<string, Buffer>();
  for (const { fd } of directories)
    for (const name of await readdir(heldPath(fd), 'buffer').catch(noneIfGone))
      names.set(name.toString('latin1'), name);
  return [...names.values()];
}

/** The newest that has something of the name decides; only directories go on downwards. `above`: where it is made, held. */
async function mergeEntry(
  parents: readonly Source[],
  name: Buffer,
  target: TargetEntry,
  above: number,
  merge: Merge,
): Promise<void> {
  const directories: Source[] = [];
  let cutOff = false;
  try {
    for (const { fd: parent, index } of parents) {
      const fd = holdEntry(parent, name);
      if (fd === null) continue;
      if (fstatSync(fd).isDirectory()) {
        directories.push({ fd, index });
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
    if (directories.length > 0) await mergeBelow(directories, target, above, cutOff, merge);
  } finally {
    for (const { fd } of directories) closeSync(fd);
  }
}

async function mergeBelow(
  sources: readonly Source[],
  target: TargetEntry,
  above: number,
  cutOff: boolean,
  merge: Merge,
): Promise<void> {
  const { depth, name } = target.place;
  merge.held += sources.length + 1;
  if (depth > maxDepth || merge.held > maxHeld)
    throw new TooDeep(depthText(pathOf(target.place), depth - 1), sources[0]?.index ?? 0);
  await mkdir(target.at, { mode: 0o700 });
  const made = holdDirectory(above, name);
  if (made === null) throw new Error('internal error: a directory that was made is gone');
  try {
    await mergeDirectory(sources, target, made, cutOff, merge);
  } finally {
    closeSync(made);
    merge.held -= sources.length + 1;
  }
}

/** Everything but a directory. A whiteout is a character device 0:0 and is copied as such: what it hides may lie further down. */
async function copyEntry(fd: number, { at: target, place }: TargetEntry, merge: Merge): Promise<void> {
  const found = fstatSync(fd, { bigint: true });
  const key = found.nlink > 1n ? `${found.dev}:${found.ino}` : null;
  const first = key === null ? undefined : merge.linked.get(key);
  if (first !== undefined && (await isLinked(first, target, merge))) return;
  if (found.isSymbolicLink()) await symlink(readHeldLink(fd), target);
  else if (found.isFile()) await copyFile(fd, found, target, merge);
  else makeNode(target, Number(found.mode), found.rdev);
  await copyLooks(fd, found, target);
  if (key !== null) merge.linked.set(key, place);
}

/** False when the file has as many names as the file system allows. */
async function isLinked(first: Place, target: Buffer, { root }: Merge): Promise<boolean> {
  const directory = holdDirectory(root, pathOf(first.above));
  if (directory === null) throw new Error('internal error: what was merged is gone');
  try {
    await link(Buffer.concat([Buffer.from(`${heldPath(directory)}/`), first.name]), target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EMLINK') return false;
    throw error;
  } finally {
    closeSync(directory);
  }
}

async function copyFile(fd: number, found: BigIntStats, target: Buffer, merge: Merge): Promise<void> {
  const source = await openHeld(fd);
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(target, flags, 0o600);
    try {
      await copyData(source, file, Number(found.size), merge);
    } finally {
      await file.close();
    }
  } finally {
    await source.close();
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
