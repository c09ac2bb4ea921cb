/**
 * The directories of the layout, before anything is put into them: made when missing, tightened when root's but too open, refused when another user's
 * or a symbolic link. What others can write to proves nothing.
 */
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { type HostPath, type Layout, RackError, under } from '../../model/index.js';

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
    [layout.active, closed],
    [layout.share, readable],
    [layout.state, closed],
    [layout.run, closed],
    [under(layout.run, 'layers'), closed],
    [under(layout.run, 'bundles'), closed],
  ];
  for (const [path, mode] of wanted) await ensureDirectory(path, mode);
}

async function ensureDirectory(path: HostPath, mode: number): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode });
    const stat = await lstat(path);
    if (!stat.isDirectory())
      throw refused(path, stat.isSymbolicLink() ? 'it is a symbolic link' : 'it is no directory');
    if (stat.uid !== 0) throw refused(path, `it belongs to uid ${stat.uid}`);
    const tooOpen = stat.mode & 0o777 & ~mode;
    if (tooOpen !== 0) await chmod(path, stat.mode & 0o7777 & mode);
  } catch (error) {
    throw error instanceof RackError ? error : unusable(path, error);
  }
}

function refused(path: string, why: string): RackError {
  return new RackError('E_DIR_OWNER', `cannot use "${path}": ${why}`, {
    hint: 'give it to root, or set another directory in host.yaml',
  });
}

function unusable(path: string, error: unknown): RackError {
  const code = error instanceof Error && 'code' in error ? error.code : 'unknown error';
  if (code === 'EROFS')
    return new RackError('E_STATE_READONLY', `cannot make "${path}": the file system is read-only`, {
      cause: error,
    });
  if (code === 'ENOSPC')
    return new RackError('E_DISK_SPACE', `cannot make "${path}": no space or no inodes left`, {
      cause: error,
    });
  return new RackError('E_STATE', `cannot make "${path}": ${code}`, { cause: error });
}
