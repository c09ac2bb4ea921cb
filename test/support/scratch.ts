/**
 * Directories of tests: `/var/tmp/rackops-test-<owner>-…`. The owner, the pid of the test process in base 36, lets runs at the same moment tell their leftovers apart; short, because the path of
 * a unix socket may have 107 characters only.
 */
import { mkdtempSync } from 'node:fs';
import { isAlive } from '../../scripts/sandbox/index.js';

const prefix = '/var/tmp/rackops-test-';

/** Host path of a new, empty directory of this test process. */
export function scratchDirectory(): string {
  return mkdtempSync(`${prefix}${process.pid.toString(36)}-`);
}

/** True for the directory of a test, whosever it is, and for everything below. */
export function isScratch(path: string): boolean {
  return path.startsWith(prefix);
}

/** True for the directory of a test run that is under way beside this one. */
export function isOfAnotherRun(path: string): boolean {
  const owner = Number.parseInt(path.slice(prefix.length).split('-')[0] ?? '', 36);
  return isScratch(path) && owner !== process.pid && isAlive(owner);
}

export const scratchPrefix = prefix;
