/**
 * What a round leaves is moved away and deleted when the measurement is over: ext4 passes over the inodes that were deleted in the last minutes one by one whenever it makes a new one, so whoever
 * begins after a clean-up would pay for it.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mountsUnder } from '../../scripts/sandbox/index.js';

const aside = '/var/tmp/rackops-bench-aside';
let moved = 0;

/** The directory is away; fine when it was not there. Refuses while anything is mounted in it. */
export function putAside(directory: string): void {
  if (!existsSync(directory)) return;
  const mounts = mountsUnder(directory);
  if (mounts.length > 0) throw new Error(`cannot move "${directory}": still mounted: ${mounts.join(', ')}`);
  mkdirSync(aside, { recursive: true });
  renameSync(directory, join(aside, `${process.pid}-${moved++}`));
}

/** Also what an earlier measurement that was killed had put there. */
export function deleteAside(): void {
  rmSync(aside, { recursive: true, force: true });
}
