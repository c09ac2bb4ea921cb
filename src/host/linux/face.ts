/** What makes a file look the same elsewhere: owner, mode, extended attributes. Content and times are somebody else's. */
import { chmod, chown, lchown, lstat } from 'node:fs/promises';
import { type BytePath, getXattr, listXattrs, setXattr } from '../../kernel/index.js';

/**
 * Links are not followed. `keeps`: which extended attributes go along. Owner first: a change of owner takes set-user-id bits and capabilities away. Errors: the file
 * system's own.
 */
export async function copyFace(
  from: BytePath,
  to: BytePath,
  keeps: (xattr: string) => boolean = isNoOverlayNote,
): Promise<void> {
  const source = Buffer.from(from);
  const target = Buffer.from(to);
  const found = await lstat(source);
  if (found.isSymbolicLink()) await lchown(target, found.uid, found.gid);
  else {
    await chown(target, found.uid, found.gid);
    await chmod(target, found.mode & 0o7777);
  }
  for (const name of listXattrs(source)) {
    const value = keeps(name) ? getXattr(source, name) : null;
    if (value !== null) setXattr(target, name, value);
  }
}

/** What an overlay wrote for itself means nothing in another one. */
function isNoOverlayNote(xattr: string): boolean {
  return !xattr.startsWith('trusted.overlay.');
}
