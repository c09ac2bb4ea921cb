/**
 * What a round leaves is moved away and deleted when the measurement is over: ext4 passes over the inodes that were deleted in the last minutes one by one whenever it makes a new one, so whoever
 * begins after a clean-up would pay for it.
 */
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mountsUnder } from '../../scripts/sandbox/index.js';

/** One for each directory that was put aside by this process. */
const aside: string[] = [];

/** The directory, which is in /var/tmp, is away; fine when it was not there. Refuses while anything is mounted in it. */
export function putAside(directory: string): void {
  if (!existsSync(directory)) return;
  const mounts = mountsUnder(directory);
  if (mounts.length > 0) throw new Error(`cannot move "${directory}": still mounted: ${mounts.join(', ')}`);
  const place = mkdtempSync('/var/tmp/rackops-bench-aside-');
  aside.push(place);
  renameSync(directory, join(place, 'left'));
}

export function deleteAside(): void {
  for (const place of aside.splice(0)) rmSync(place, { recursive: true, force: true });
}
