/**
 * What is in a directory, held by descriptor: what was looked at is what is read, whatever its owner puts in its place meanwhile. Such a descriptor opens nothing: no
 * pipe waits for a writer, no device is touched, no link is followed.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type BytePath, getXattr, hasXattrs, listXattrs, openInRoot } from './files.js';
import { bind, isKernelError } from './libc.js';

const readlinkatCall = bind(
  'readlinkat',
  'long readlinkat(int fd, const char *path, uint8_t *text, unsigned long size)',
);

/** Node has no names for these. */
export const O_PATH = 0o10000000;
/** Looking at a file of a rack is no use of it. */
export const O_NOATIME = 0o1000000;

const directoryFlags = O_PATH | constants.O_NOFOLLOW | constants.O_DIRECTORY;

/** The longest text of a link, in bytes. */
const maxLinkBytes = 4_096;

/** The longest path that the kernel takes at once, in bytes. */
const maxPathBytes = 4_095;

/**
 * Descriptor of whatever is at a path below a directory, of any length, usually a name in it, no link on the way; null when nothing is, or only by a link. The caller closes it.
 * Errors: KernelError.
 */
export function holdEntry(rootFd: number, path: BytePath): number | null {
  return held(rootFd, path, O_PATH | constants.O_NOFOLLOW);
}

/** The same for a directory; null also when something else is there. */
export function holdDirectory(rootFd: number, path: BytePath): number | null {
  return held(rootFd, path, directoryFlags);
}

function held(rootFd: number, path: BytePath, flags: number): number | null {
  let [from, rest] = [rootFd, Buffer.from(path)];
  try {
    while (rest.length > maxPathBytes) {
      const cut = rest.lastIndexOf('/', maxPathBytes);
      if (cut === -1) break;
      const next = openInRoot(from, rest.subarray(0, cut), directoryFlags, true);
      if (from !== rootFd) closeSync(from);
      [from, rest] = [next, rest.subarray(cut + 1)];
    }
    return openInRoot(from, rest, flags, true);
  } catch (error) {
    if (isKernelError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw error;
  } finally {
    if (from !== rootFd) closeSync(from);
  }
}

/** A path of what the descriptor holds, for calls that take none; it leads there as long as the descriptor is open. */
export function heldPath(fd: number): string {
  return `/proc/self/fd/${fd}`;
}

/** A held regular file, to be read; the caller has seen that it is one, and closes it. Errors: those of open(2). */
export async function openHeld(fd: number): Promise<FileHandle> {
  return await open(heldPath(fd), constants.O_RDONLY | constants.O_NONBLOCK | O_NOATIME);
}

/**
 * The first `bytes` of a held regular file, fewer where it ends before; read at once, for files so small that a round of the thread pool costs more than the disk. The caller has seen that it is one.
 * Errors: those of open(2) and read(2).
 */
export function readHeldNow(fd: number, bytes: number): Buffer {
  const file = openSync(heldPath(fd), constants.O_RDONLY | constants.O_NONBLOCK | O_NOATIME);
  try {
    const content = Buffer.allocUnsafe(bytes);
    return content.subarray(0, readSync(file, content, 0, bytes, 0));
  } finally {
    closeSync(file);
  }
}

/** Text of a held symbolic link. Errors: KernelError. */
export function readHeldLink(fd: number): Buffer {
  const text = Buffer.alloc(maxLinkBytes);
  return text.subarray(0, readlinkatCall.now(`link ${fd}`, fd, '', text, text.length));
}

/** As of getXattr, of what is held: of a held link its own. */
export function getHeldXattr(fd: number, name: string): Buffer | null {
  return getXattr(heldPath(fd), name, true);
}

/** As of listXattrs, of what is held. Most have none, which is found out for little. */
export function listHeldXattrs(fd: number): readonly string[] {
  return hasXattrs(heldPath(fd), true) ? listXattrs(heldPath(fd), true) : [];
}
