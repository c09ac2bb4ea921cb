/**
 * Every entry of a tree that becomes an image, with the sha256 of each file: what the manifest says. Follows no link, opens nothing but regular files; each entry by the walk's own path, so that no name
 * is too long or no UTF-8.
 */
import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink } from 'node:fs/promises';
import { getXattr, listXattrs, O_NOATIME } from '../../kernel/index.js';
import { errorMessage, shorten, textOfBytes } from '../../lib/index.js';
import { type HostPath, type ManifestEntry, RackError } from '../../model/index.js';
import { walk } from './walk.js';

const chunkBytes = 1_048_576;
/** How often the one who waits is told. */
const toldEvery = 1_000;

/** As of `ImagePacking.scan`. */
export async function scanTree(
  tree: HostPath,
  options: { readonly signal?: AbortSignal; readonly onEntry?: (count: number) => void },
): Promise<readonly ManifestEntry[]> {
  const { signal, onEntry = () => {} } = options;
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const found: { readonly path: Buffer; readonly entry: ManifestEntry }[] = [];
  const root = Buffer.from(tree);
  found.push({ path: Buffer.alloc(0), entry: await entryOf('/', root, await lstat(root), chunk) });
  const refuse = (error: unknown): never => {
    throw unreadable('/', error);
  };
  for await (const { path, at, stat } of walk(tree, refuse)) {
    signal?.throwIfAborted();
    const name = `/${textOfBytes(path)}`;
    try {
      found.push({ path, entry: await entryOf(name, at, stat, chunk) });
    } catch (error) {
      throw unreadable(name, error);
    }
    if (found.length % toldEvery === 0) onEntry(found.length);
  }
  return found.sort((a, b) => Buffer.compare(a.path, b.path)).map(({ entry }) => entry);
}

async function entryOf(path: string, at: Buffer, stat: Stats, chunk: Buffer): Promise<ManifestEntry> {
  const face = {
    path,
    mode: (stat.mode & 0o7777).toString(8).padStart(4, '0'),
    uid: stat.uid,
    gid: stat.gid,
    ...xattrsOf(at),
  };
  if (stat.isFile())
    return { ...face, type: 'file', sizeBytes: stat.size, sha256: await hashFile(at, stat.size, chunk) };
  if (stat.isDirectory()) return { ...face, type: 'directory' };
  if (stat.isSymbolicLink())
    return { ...face, type: 'link', target: textOfBytes(await readlink(at, 'buffer')) };
  if (stat.isFIFO()) return { ...face, type: 'fifo' };
  if (stat.isSocket()) return { ...face, type: 'socket' };
  const device = `${(stat.rdev >> 8) & 0xfff}:${(stat.rdev & 0xff) | ((stat.rdev >> 12) & 0xfff00)}`;
  return { ...face, type: stat.isBlockDevice() ? 'block' : 'character', device };
}

function xattrsOf(at: Buffer): { readonly xattrs?: Readonly<Record<string, string>> } {
  const names = [...listXattrs(at)].sort();
  if (names.length === 0) return {};
  const values = names.flatMap((name) => {
    const value = getXattr(at, name);
    return value === null ? [] : [[name, value.toString('base64')] as const];
  });
  return { xattrs: Object.fromEntries(values) };
}

/** Error: it changed while it was read; the digest would be of no version of it. */
async function hashFile(at: Buffer, size: number, chunk: Buffer): Promise<string> {
  const hash = createHash('sha256');
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | O_NOATIME;
  const handle = await open(at, flags);
  try {
    let read = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, read);
      if (bytesRead === 0) break;
      hash.update(chunk.subarray(0, bytesRead));
      read += bytesRead;
    }
    if (read !== size) throw new Error('it changes while it is read');
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

function unreadable(path: string, error: unknown): unknown {
  if (error instanceof RackError) return error;
  return new RackError('E_IMAGE_TREE', `cannot read "${shorten(path, 120)}": ${errorMessage(error)}`, {
    cause: error,
    hint: 'nothing else may write to what is being packed',
  });
}
