/**
 * The layers of a writable directory as overlayfs merges them, before any image: what has something at each path, and where nothing of an image is seen any more. Reads names and attributes
 * only, each by a descriptor that holds it: services write there meanwhile. The same rules as of merge-layers.ts, without making anything.
 */
import { closeSync, type Dirent, fstatSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { getHeldXattr, heldPath, holdEntry } from '../../kernel/index.js';
import type { EntryKind } from '../../model/index.js';

const opaqueName = 'trusted.overlay.opaque';
/** Names that are read at once; in between others get their turn. */
const namesAtOnce = 256;

/** A directory in those layers that have it and show it, newest first; `index`: of the layer. */
export interface MergedDirectory {
  readonly sources: readonly { readonly fd: number; readonly index: number }[];
  /** Nothing of what lies below the layers is seen in it. */
  readonly covers: boolean;
}

export interface MergedEntry {
  readonly name: Buffer;
  /** As the directory said, which costs nothing; a whiteout is a device. */
  readonly kind: EntryKind;
  /** Of the sources, the newest that has the name; open as long as they are. */
  readonly directory: number;
  /** Index of the layer that it is in. */
  readonly index: number;
}

/** Each name once, in no order; by the time somebody looks it may be gone. Must be ended (`for await` does). Errors: those of the file system. */
export async function* entriesIn({ sources }: MergedDirectory): AsyncGenerator<MergedEntry, void, void> {
  for (const [position, { fd: directory, index }] of sources.entries()) {
    const newer = sources.slice(0, position);
    for await (const { name, kind } of listed(directory)) {
      if (newer.some((source) => has(source.fd, name))) continue;
      yield { name, kind, directory, index };
    }
  }
}

/** A directory among the entries of `within`, in every layer that shows it. The caller closes its descriptors. */
export function directoryIn(within: MergedDirectory, name: Buffer): MergedDirectory {
  const sources: { fd: number; index: number }[] = [];
  let { covers } = within;
  for (const { fd: parent, index } of within.sources) {
    const fd = holdEntry(parent, name);
    if (fd === null) continue;
    if (!fstatSync(fd).isDirectory()) {
      closeSync(fd);
      // What is below a whiteout or a file was hidden before the directory was made on it.
      covers = true;
      break;
    }
    sources.push({ fd, index });
    if (!isOpaque(fd)) continue;
    covers = true;
    break;
  }
  return { sources, covers };
}

/** True for a directory that shows nothing of what lies below it. */
export function isOpaque(fd: number): boolean {
  return getHeldXattr(fd, opaqueName)?.toString() === 'y';
}

/** Names in a held directory; none when it is gone. */
export async function* namesIn(directory: number): AsyncGenerator<Buffer, void, void> {
  for await (const { name } of listed(directory)) yield name;
}

async function* listed(directory: number): AsyncGenerator<Pick<MergedEntry, 'name' | 'kind'>, void, void> {
  // The types of Node know no names of bytes here; what comes is what `encoding` says.
  const options = { encoding: 'buffer' as BufferEncoding, bufferSize: namesAtOnce };
  const opened = await opendir(heldPath(directory), options).catch(nullIfGone);
  if (opened === null) return;
  for await (const entry of opened)
    yield { name: Buffer.from(entry.name as string | Buffer as Buffer), kind: kindOf(entry) };
}

function kindOf(entry: Dirent): EntryKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isFIFO()) return 'pipe';
  return entry.isSocket() ? 'socket' : 'device';
}

/** Whether there is anything of that name in the held directory. */
export function has(directory: number, name: Buffer): boolean {
  const fd = holdEntry(directory, name);
  if (fd !== null) closeSync(fd);
  return fd !== null;
}

function nullIfGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
