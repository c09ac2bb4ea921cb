/** Everything that a program can see of a directory tree, as plain values: two trees that look the same are `deep.equal`. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { getXattr, listXattrs } from '../../src/kernel/index.js';

export interface SeenEntry {
  readonly path: string;
  readonly face: string;
  readonly content: string;
  readonly xattrs: readonly string[];
  /** Other names of the same file. */
  readonly names: readonly string[];
}

/** Below `root`, sorted by path; bytes of names as latin1. Of the root itself only its face without times. */
export function viewOf(root: string, withTimes = true): readonly SeenEntry[] {
  const seen: SeenEntry[] = [];
  const inodes = new Map<string, string[]>();
  const see = (path: Buffer, name: string): void => {
    const found = lstatSync(path, { bigint: true });
    const isDirectory = found.isDirectory();
    const key = `${found.dev}:${found.ino}`;
    const names = isDirectory ? [] : (inodes.get(key) ?? []);
    if (!isDirectory) inodes.set(key, names);
    names.push(name);
    const times = withTimes && name !== '' ? ` ${found.mtimeNs}` : '';
    const size = isDirectory ? '' : ` ${found.size} ${found.rdev}`;
    seen.push({
      path: name,
      face: `${found.mode.toString(8)} ${found.uid}:${found.gid}${size}${times}`,
      content: found.isSymbolicLink()
        ? readlinkSync(path, 'latin1')
        : found.isFile()
          ? createHash('sha256').update(readFileSync(path)).digest('hex')
          : '',
      xattrs: listXattrs(path)
        .filter((xattr) => !xattr.startsWith('trusted.overlay.'))
        .map((xattr) => `${xattr}=${getXattr(path, xattr)?.toString('hex')}`)
        .sort(),
      names,
    });
    if (!isDirectory) return;
    for (const child of readdirSync(path, 'buffer').sort(Buffer.compare))
      see(Buffer.concat([path, Buffer.from('/'), child]), `${name}/${child.toString('latin1')}`);
  };
  see(Buffer.from(root), '');
  return seen;
}
