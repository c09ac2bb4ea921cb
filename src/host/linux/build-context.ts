/**
 * Files of a recipe's context: what a commit brought. No link in it leads out, and of modes only the executable bit counts, as in Git: whoever builds gets the same image, whatever the umask of the checkout
 * was.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { heldPath, isKernelError, O_PATH, openInRoot } from '../../kernel/index.js';
import { type HostPath, hostPath, RackError, type RecipeFile } from '../../model/index.js';
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
export async function placeFile(tree: HostPath, context: HostPath, file: RecipeFile): Promise<string | null> {
  const { path, from, mode, uid, gid } = file;
  const writer = new TreeWriter(tree);
  try {
    switch (from.kind) {
      case 'content':
        await writer.file(path, Buffer.from(from.text), { mode: mode ?? 0o644, uid, gid });
        return null;
      case 'link':
        await writer.link(path, from.target, { uid, gid });
        return null;
      case 'directory':
        await writer.directory(path, { mode: mode ?? 0o755, uid, gid });
        return null;
      case 'source': {
        const fd = openSource(context, from.source);
        if (fd === null) throw noSource(from.source, 'it is not there');
        const hash = createHash('sha256');
        await copy({ fd, name: from.source, to: path, writer, hash, mode, uid, gid });
        return `sha256:${hash.digest('hex')}`;
      }
    }
  } finally {
    writer.close();
  }
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
}

async function copy(request: Copy): Promise<void> {
  const { fd, name, to, writer, hash, mode, uid, gid } = request;
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) {
      await writer.directory(to, null);
      hash.update(`directory ${to}\0`);
      for (const entry of (await readdir(heldPath(fd))).sort()) {
        const child = { ...request, name: `${name}/${entry}`, to: `${to === '/' ? '' : to}/${entry}` };
        await copyEntry(fd, entry, child);
      }
    } else if (stat.isFile()) {
      const bits = mode ?? ((stat.mode & 0o100) === 0 ? 0o644 : 0o755);
      hash.update(`file ${to} ${bits.toString(8)} ${stat.size}\0`);
      await writer.file(to, contentOf(fd, hash), { mode: bits, uid, gid });
    } else throw noSource(name, 'it is no file and no directory');
  } finally {
    closeSync(fd);
  }
}

async function copyEntry(above: number, entry: string, request: Omit<Copy, 'fd'>): Promise<void> {
  const at = `${heldPath(above)}/${entry}`;
  const { to, writer, hash, uid, gid } = request;
  if ((await lstat(at)).isSymbolicLink()) {
    const target = await readlink(at);
    hash.update(`link ${to} ${target}\0`);
    await writer.link(to, target, { uid, gid });
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
