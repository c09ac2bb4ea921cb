/**
 * What a version wrote before it failed: files of a layer that changed since a moment, as evidence. Bounded in number and time, because the old version waits to come back.
 * Looks only at names and times; never follows a link.
 */
import { escapeControl } from '../../lib/index.js';
import type { ChangedFiles } from '../../model/index.js';
import { walk } from './walk.js';

const maxFiles = 100;
const deadlineMs = 250;

/** `sinceMs`: ms since the epoch; 0 for all. Paths as the rack sees them, sorted; a whiteout shows as ` (deleted)`. Never throws: what cannot be read is left out. */
export async function changedFiles(layer: string, sinceMs: number): Promise<ChangedFiles> {
  const until = performance.now() + deadlineMs;
  const files: string[] = [];
  let complete = true;
  for await (const { path, stat } of walk(layer)) {
    if (files.length >= maxFiles || performance.now() > until) {
      complete = false;
      break;
    }
    // A directory's own time tells of entries only, and each of those that are there tells by itself.
    if (stat.isDirectory() || stat.ctimeMs < sinceMs) continue;
    const isWhiteout = stat.isCharacterDevice() && stat.rdev === 0;
    files.push(`/${escapeControl(path.toString())}${isWhiteout ? ' (deleted)' : ''}`);
  }
  return { files: files.sort(), complete };
}
