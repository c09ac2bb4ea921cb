/** Work that may write more than was said: an archive of a stranger. It ends before the disk of the host is full. */
import { statfs } from 'node:fs/promises';
import { formatBytes } from '../../lib/index.js';
import { type HostPath, RackError } from '../../model/index.js';

/** So much stays free for everybody else on that file system. */
export const spareBytes = 256 * 1_048_576;
/** A fast disk takes less than the spare space in that time. */
const lookEveryMs = 100;

/** Runs `work`, whose signal is aborted when the space of the directory's file system runs out, or `outer` is. Errors: E_DISK_SPACE, those of `work`. */
export async function whileSpaceLasts<T>(
  directory: HostPath,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await needSpace(directory, 0);
  const full = new AbortController();
  const timer = setInterval(() => {
    needSpace(directory, 0).catch((error) => full.abort(error));
  }, lookEveryMs);
  try {
    return await work(outer === undefined ? full.signal : AbortSignal.any([full.signal, outer]));
  } finally {
    clearInterval(timer);
  }
}

/** Error: E_DISK_SPACE unless that many bytes are free besides what stays free. */
export async function needSpace(
  directory: HostPath,
  bytes: number,
  hint = 'free some space, or name another directory with --scratch',
): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free >= bytes + spareBytes) return;
  throw new RackError(
    'E_DISK_SPACE',
    `cannot go on in "${directory}": ${formatBytes(free)} free, needs ${formatBytes(bytes + spareBytes)}`,
    { hint },
  );
}
