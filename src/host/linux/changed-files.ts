/**
 * What a version wrote before it failed: files of a layer that changed since a moment, as evidence. Bounded in number and time, because the old version waits to come back.
 * Looks only at names and times; never follows a link.
 */
import { lstat, readdir } from 'node:fs/promises';
import { escapeControl } from '../../lib/index.js';
import type { ChangedFiles } from '../../model/index.js';

const maxFiles = 100;
const deadlineMs = 250;
const slash = Buffer.from('/');

/** `sinceMs`: ms since the epoch; 0 for all. Paths as the rack sees them, sorted; a whiteout shows as ` (deleted)`. Never throws: what cannot be read is left out. */
export async function changedFiles(layer: string, sinceMs: number): Promise<ChangedFiles> {
  const walk = { files: [] as string[], complete: true, until: performance.now() + deadlineMs };
  await look(Buffer.from(layer), Buffer.alloc(0), sinceMs, walk);
  return { files: walk.files.sort(), complete: walk.complete };
}

/** Names as bytes: what services write need not be UTF-8. */
async function look(
  directory: Buffer,
  within: Buffer,
  sinceMs: number,
  walk: { readonly files: string[]; complete: boolean; readonly until: number },
): Promise<void> {
  for (const name of await readdir(directory, 'buffer').catch(() => [])) {
    if (walk.files.length >= maxFiles || performance.now() > walk.until) {
      walk.complete = false;
      return;
    }
    const path = Buffer.concat([directory, slash, name]);
    const shown = Buffer.concat([within, slash, name]);
    const found = await lstat(path).catch(() => null);
    if (found === null) continue;
    // A directory's own time tells of entries only, and each of those that are there tells by itself.
    if (found.isDirectory()) await look(path, shown, sinceMs, walk);
    else if (found.ctimeMs >= sinceMs)
      walk.files.push(
        `${escapeControl(shown.toString())}${found.isCharacterDevice() && found.rdev === 0 ? ' (deleted)' : ''}`,
      );
  }
}
