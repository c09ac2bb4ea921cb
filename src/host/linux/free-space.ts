/** Work that may write more than was said: an archive of a stranger. It ends before the disk of the host is full. */
import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { formatBytes } from '../../lib/index.js';
import type { HostPath } from '../../model/index.js';
import { diskFull } from './disk-full.js';

/** So much stays free for everybody else on that file system. */
export const spareBytes = 256 * 1_048_576;
/** So many more files can be made: a layer of a few megabytes may hold millions of empty ones. */
export const spareFiles = 10_000;
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

/** Error: E_DISK_SPACE unless that many bytes are free besides what stays free, in bytes and files. */
export async function needSpace(directory: HostPath, bytes: number, hint?: string): Promise<void> {
  const lack = lackOf(await statfs(directory), bytes);
  if (lack !== null) throw diskFull(`cannot go on in "${directory}": ${lack}`, hint ?? '--scratch');
}

/** What a file system lacks for so many bytes, in words, or null. Pure. */
export function lackOf(
  { bavail, bsize, files, ffree }: Pick<StatsFs, 'bavail' | 'bsize' | 'files' | 'ffree'>,
  bytes: number,
): string | null {
  const free = bavail * bsize;
  if (free < bytes + spareBytes) return `${formatBytes(free)} free, needs ${formatBytes(bytes + spareBytes)}`;
  // Some file systems make inodes as they need them, and count none.
  if (files > 0 && ffree < spareFiles) return `${ffree} more files can be made, needs ${spareFiles}`;
  return null;
}
