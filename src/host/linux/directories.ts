/**
 * The directories of the layout, before anything is put into them: made when missing, tightened when root's but too open, refused when another user's
 * or a symbolic link. What others can write to proves nothing.
 */
import { constants } from 'node:fs';
import { access, chmod, lstat, mkdir, realpath, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type HostPath, type Layout, RackError, rehearsalsPath, under } from '../../model/index.js';

/** Mode bits a directory may have at most. */
const closed = 0o700;
const readable = 0o755;

/** Errors: E_DIR_OWNER, E_STATE_READONLY, E_NO_INODES, E_DISK_SPACE; each names the path. */
export async function ensureDirectories(layout: Layout): Promise<void> {
  const wanted: readonly (readonly [HostPath, number])[] = [
    [layout.root, readable],
    [layout.iso, readable],
    [layout.readonly, closed],
    [layout.readwrite, closed],
    [under(layout.readwrite, '.work'), closed],
    [rehearsalsPath(layout), closed],
    [layout.active, closed],
    [layout.share, readable],
    [layout.state, closed],
    [layout.run, closed],
    [under(layout.run, 'layers'), closed],
    [under(layout.run, 'bundles'), closed],
    [under(layout.run, 'networks'), closed],
  ];
  for (const [path, mode] of wanted) await ensureDirectory(path, mode);
}

async function ensureDirectory(path: HostPath, mode: number): Promise<void> {
  try {
    await make(path, mode);
    const stat = await lstat(path);
    if (!stat.isDirectory())
      throw refused(path, stat.isSymbolicLink() ? 'it is a symbolic link' : 'it is no directory');
    if (stat.uid !== 0) throw refused(path, `it belongs to uid ${stat.uid}`);
    // The kernel shows mounts and loop devices by their real paths; by another one we would not find our own.
    const real = await realpath(path);
    if (real !== path) throw refused(path, `a symbolic link leads there, it really is "${real}"`);
    const tooOpen = stat.mode & 0o777 & ~mode;
    if (tooOpen !== 0) await chmod(path, stat.mode & 0o7777 & mode);
    // An image directory may well be read-only, and so may what is shared; everything private is written to.
    if (mode === closed) await access(path, constants.W_OK);
  } catch (error) {
    throw error instanceof RackError ? error : await unusable(path, error);
  }
}

/** One by one: Node's recursive mkdir says ENOENT for a read-only file system. */
async function make(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || path === '/') throw error;
    await make(dirname(path), readable);
    await make(path, mode);
  }
}

function refused(path: string, why: string): RackError {
  return new RackError('E_DIR_OWNER', `cannot use "${path}": ${why}`, {
    hint: 'give it to root, or set another directory in host.yaml',
  });
}

async function unusable(path: string, error: unknown): Promise<RackError> {
  const code = error instanceof Error && 'code' in error ? error.code : 'unknown error';
  if (code === 'EROFS')
    return new RackError('E_STATE_READONLY', `cannot write to "${path}": the file system is read-only`, {
      cause: error,
      hint: 'mount it read-write, or set another directory in host.yaml',
    });
  if (code === 'ENOSPC') return full(path, error);
  return new RackError('E_STATE', `cannot make "${path}": ${code}`, { cause: error });
}

/** No space and no inodes are one errno, and two things to do. */
async function full(path: string, cause: unknown): Promise<RackError> {
  const { files, ffree } = await statfs(dirname(path)).catch(() => ({ files: 0, ffree: 0 }));
  const noInodes = files > 0 && ffree === 0;
  return new RackError(
    noInodes ? 'E_NO_INODES' : 'E_DISK_SPACE',
    `cannot make "${path}": no ${noInodes ? 'inodes' : 'space'} left`,
    { cause, hint: noInodes ? 'delete some files' : 'free some space' },
  );
}
