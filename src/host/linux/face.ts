/** What makes a file look the same elsewhere: owner, mode, extended attributes. Content and times are somebody else's. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { chmod, chown, lchown } from 'node:fs/promises';
import { type BytePath, getHeldXattr, listHeldXattrs, O_PATH, setXattr } from '../../kernel/index.js';
import type { Face } from '../../model/index.js';

/** As of copyHeldFace, from the path itself: a link is not followed. */
export async function copyFace(from: string, to: BytePath): Promise<void> {
  const fd = openSync(from, O_PATH | constants.O_NOFOLLOW);
  try {
    await copyHeldFace(fd, to);
  } finally {
    closeSync(fd);
  }
}

/**
 * `from`: a descriptor, also one that holds an entry; `to`: the path itself. `keeps`: which extended attributes go along. Owner first: a change of owner takes
 * set-user-id bits and capabilities away. Errors: the file system's own.
 */
export async function copyHeldFace(
  from: number,
  to: BytePath,
  keeps: (xattr: string) => boolean = isNoOverlayNote,
): Promise<void> {
  const target = Buffer.from(to);
  const found = fstatSync(from);
  if (found.isSymbolicLink()) await lchown(target, found.uid, found.gid);
  else {
    await chown(target, found.uid, found.gid);
    await chmod(target, found.mode & 0o7777);
  }
  for (const name of listHeldXattrs(from)) {
    const value = keeps(name) ? getHeldXattr(from, name) : null;
    if (value !== null) setXattr(target, name, value);
  }
}

/** What a held entry, no link, looks like, with those of its attributes that are kept. Errors: the file system's own. */
export function heldFace(fd: number, keeps: (xattr: string) => boolean): Face {
  const { uid, gid, mode } = fstatSync(fd);
  const xattrs = new Map<string, Buffer>();
  for (const name of listHeldXattrs(fd)) {
    const value = keeps(name) ? getHeldXattr(fd, name) : null;
    if (value !== null) xattrs.set(name, value);
  }
  return { uid, gid, mode: mode & 0o7777, xattrs };
}

/** A new file, no link, looks like that. Errors: the file system's own. */
export async function putFace(path: string, { uid, gid, mode, xattrs }: Face): Promise<void> {
  await chown(path, uid, gid);
  await chmod(path, mode);
  for (const [name, value] of xattrs) setXattr(path, name, value);
}

/** What an overlay wrote for itself means nothing in another one. */
function isNoOverlayNote(xattr: string): boolean {
  return !xattr.startsWith('trusted.overlay.');
}
