/**
 * Files of a recipe's context: what a commit brought. No link in it leads out, and of modes only the executable bit counts, as in Git: whoever builds gets the same image, whatever the umask of the checkout
 * was.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { heldPath, isKernelError, O_PATH, openInRoot } from '../../kernel/index.js';
import { type HostPath, hostPath, RackError, type RecipeFile } from '../../model/index.js';
import type { BuildWatch, Placed } from '../image-building.js';
import { type Face, TreeWriter } from './tree-writer.js';

const chunkBytes = 1_048_576;

/** As of `ImageBuilding.find`. */
export async function findInContext(context: HostPath, path: string): Promise<HostPath | null> {
  const fd = openSource(context, path);
  if (fd === null) return null;
  try {
    const stat = fstatSync(fd);
    return stat.isFile() || stat.isDirectory() ? hostPath(await readlink(heldPath(fd))) : null;
  } finally {
    closeSync(fd);
  }
}

/** As of `ImageBuilding.place`. */
export async function placeFile(tree: HostPath, context: HostPath, file: RecipeFile): Promise<Placed> {
  const { path, from, mode, uid, gid } = file;
  const writer = new TreeWriter(tree);
  const made = (place: string): Placed => ({ digest: null, paths: [place] });
  try {
    switch (from.kind) {
      case 'content':
        return made(await writer.file(path, Buffer.from(from.text), { mode: mode ?? 0o644, uid, gid }));
      case 'link':
        return made(await writer.link(path, from.target, { uid, gid }));
      case 'directory':
        return made((await writer.directory(path, { mode: mode ?? 0o755, uid, gid })).place);
      case 'source':
        return await copySource(context, from.source, { to: path, writer, mode, uid, gid });
    }
  } finally {
    writer.close();
  }
}

/** As of `ImageBuilding.copyDirectory`. */
export async function copyDirectory(
  context: HostPath,
  source: string,
  tree: HostPath,
  { signal, progress }: BuildWatch,
): Promise<string> {
  progress(`copying ${source}`);
  const found = await findInContext(context, source);
  if (found !== null && !(await lstat(found)).isDirectory()) throw noSource(source, 'it is no directory');
  const writer = new TreeWriter(tree);
  const into = { to: '/', writer, mode: null, uid: 0, gid: 0, ...(signal === undefined ? {} : { signal }) };
  const { digest } = await copySource(context, source, into).finally(() => writer.close());
  return digest;
}

async function copySource(
  context: HostPath,
  source: string,
  into: Omit<Copy, 'fd' | 'name' | 'hash' | 'wrote'>,
): Promise<Placed & { readonly digest: string }> {
  const fd = openSource(context, source);
  if (fd === null) throw noSource(source, 'it is not there');
  const hash = createHash('sha256');
  const paths: string[] = [];
  await copy({ ...into, fd, name: source, hash, wrote: (place) => paths.push(place) });
  return { digest: `sha256:${hash.digest('hex')}`, paths };
}

interface Copy extends Omit<Face, 'mode'> {
  /** A held entry of the context; closed here. */
  readonly fd: number;
  /** In messages. */
  readonly name: string;
  readonly to: string;
  readonly writer: TreeWriter;
  /** Gets names, modes and contents. */
  readonly hash: Hash;
  /** Of files; null: by the executable bit. */
  readonly mode: number | null;
  readonly signal?: AbortSignal;
  /** Told where each entry that was made really is. */
  readonly wrote: (place: string) => void;
}

async function copy(request: Copy): Promise<void> {
  const { fd, name, to, writer, hash, mode, uid, gid, wrote } = request;
  try {
    request.signal?.throwIfAborted();
    const stat = fstatSync(fd);
    if (stat.isDirectory()) {
      const { place, isNew } = await writer.directory(to, null);
      if (isNew) wrote(place);
      hash.update(`directory ${to}\0`);
      for (const entry of (await readdir(heldPath(fd))).sort()) {
        const child = { ...request, name: `${name}/${entry}`, to: `${to === '/' ? '' : to}/${entry}` };
        await copyEntry(fd, entry, child);
      }
    } else if (stat.isFile()) {
      const bits = mode ?? ((stat.mode & 0o100) === 0 ? 0o644 : 0o755);
      hash.update(`file ${to} ${bits.toString(8)} ${stat.size}\0`);
      wrote(await writer.file(to, contentOf(fd, hash), { mode: bits, uid, gid }));
    } else throw noSource(name, 'it is no file and no directory');
  } finally {
    closeSync(fd);
  }
}

async function copyEntry(above: number, entry: string, request: Omit<Copy, 'fd'>): Promise<void> {
  const at = `${heldPath(above)}/${entry}`;
  const { to, writer, hash, uid, gid, wrote } = request;
  if ((await lstat(at)).isSymbolicLink()) {
    const target = await readlink(at);
    hash.update(`link ${to} ${target}\0`);
    wrote(await writer.link(to, target, { uid, gid }));
    return;
  }
  await copy({ ...request, fd: openInRoot(above, entry, O_PATH | constants.O_NOFOLLOW, true) });
}

async function* contentOf(fd: number, hash: Hash): AsyncGenerator<Uint8Array> {
  const handle = await open(heldPath(fd), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    for (;;) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
      if (bytesRead === 0) return;
      const bytes = buffer.subarray(0, bytesRead);
      hash.update(bytes);
      yield bytes;
    }
  } finally {
    await handle.close();
  }
}

/** Descriptor that holds it; null when nothing is there. */
function openSource(context: HostPath, path: string): number | null {
  const root = openSync(context, O_PATH | constants.O_DIRECTORY);
  try {
    return openInRoot(root, path, O_PATH);
  } catch (error) {
    if (isKernelError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw error;
  } finally {
    closeSync(root);
  }
}

/** E_IMAGE_SOURCE about a path of the context. */
export function noSource(path: string, why: string): RackError {
  return new RackError('E_IMAGE_SOURCE', `cannot use "${path}": ${why}`, {
    blame: 'definition',
    hint: "paths are below the recipe's directory, or the one that --context names; no link leads out of it",
  });
}
