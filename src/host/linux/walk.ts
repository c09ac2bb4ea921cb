/**
 * Every entry below a directory, as it is at that moment. The one walk over what services write: each directory is opened by its path from the top without following any link,
 * so that one put in its place meanwhile leads nowhere, and none stays open while those in it are walked, however deep they are. Reads no content.
 */
import { closeSync, constants, openSync, type Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { heldPath, holdDirectory, O_PATH } from '../../kernel/index.js';

export interface Entry {
  /** From the directory that is walked, without a slash at its beginning. As bytes: what services write need not be UTF-8. */
  readonly path: Buffer;
  /** A path that leads to the entry until the next one is asked for; a link at its end is the entry. */
  readonly at: Buffer;
  readonly stat: Stats;
}

/**
 * Those of a directory one after the other, then those below; a file with several names as often. What goes meanwhile is left out. `unreadable` is told what cannot be read for any other
 * reason, and may throw; it is left out. Must be ended (`for await` does): a directory is open meanwhile.
 */
export async function* walk(
  directory: string,
  unreadable: (error: unknown) => void = () => {},
): AsyncGenerator<Entry, void, void> {
  const root = attempt(() => openSync(directory, O_PATH | constants.O_DIRECTORY), unreadable);
  if (root === null) return;
  try {
    const left: Buffer[] = [Buffer.alloc(0)];
    for (let within = left.pop(); within !== undefined; within = left.pop()) {
      const below: Buffer[] = [];
      for await (const entry of entriesOf(root, within, unreadable)) {
        if (entry.stat.isDirectory()) below.push(entry.path);
        yield entry;
      }
      left.push(...below.reverse());
    }
  } finally {
    closeSync(root);
  }
}

async function* entriesOf(
  root: number,
  within: Buffer,
  unreadable: (error: unknown) => void,
): AsyncGenerator<Entry, void, void> {
  const top = within.length === 0;
  const fd = attempt(() => holdDirectory(root, top ? Buffer.from('.') : within), unreadable);
  if (fd === null) return;
  try {
    const found = await readdir(heldPath(fd), 'buffer').catch((error) => tell(error, unreadable));
    for (const name of found ?? []) {
      const at = Buffer.concat([Buffer.from(`${heldPath(fd)}/`), name]);
      const stat = await lstat(at).catch((error) => tell(error, unreadable));
      if (stat !== null) yield { path: top ? name : join(within, name), at, stat };
    }
  } finally {
    closeSync(fd);
  }
}

function attempt(open: () => number | null, unreadable: (error: unknown) => void): number | null {
  try {
    return open();
  } catch (error) {
    return tell(error, unreadable);
  }
}

function tell(error: unknown, unreadable: (error: unknown) => void): null {
  const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (!isGone) unreadable(error);
  return null;
}

function join(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from('/'), name]);
}
