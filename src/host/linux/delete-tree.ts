/**
 * Deletes what racks wrote. By `rm`, which goes down by descriptors: no link put in its way leads out, and no tree is too deep for it, while services can make ones that no path
 * names. Anything mounted at or below refuses: deleting through a bind mount would empty what is behind it, and `--one-file-system` does not see one of the same file system.
 */
import { lstat, rm } from 'node:fs/promises';
import { shorten } from '../../lib/index.js';
import { RackError } from '../../model/index.js';
import { type MountRecord, mountedAtOrBelow, optionValue, readMountinfo } from './mountinfo.js';
import { runProgram } from './programs.js';

/** Millions of files on a slow disk; what is left then is deleted by the next call. */
const deadlineMs = 600_000;

export interface Deleted {
  readonly rack: string;
  /** For messages: `the data of "web"`. */
  readonly what: string;
  /** What to do when something is mounted there. */
  readonly hint: string;
}

/** What is to be done with it, where it is not deleted. */
interface Refused extends Deleted {
  readonly verb?: string;
}

/** Nothing is at the path, as it may be before. Errors: E_MOUNTED; E_DELETE, with a part of it gone. */
export async function deleteTree(path: string, deleted: Deleted): Promise<void> {
  if (!(await isThere(path))) return;
  await refuseMounted(path, deleted);
  const args = ['--recursive', '--force', '--one-file-system', '--', path];
  const result = await runProgram('rm', args, { timeoutMs: deadlineMs });
  if (result.exitCode === 0) return;
  // BusyBox knows no such options, nor its own version: it has deleted nothing, and could no deeper tree than Node.
  if (!result.timedOut && (await runProgram('rm', ['--version'], { timeoutMs: 5_000 })).exitCode === 1)
    return await rm(path, { recursive: true, force: true });
  const { rack, what } = deleted;
  throw new RackError('E_DELETE', `cannot delete ${what}: ${shorten(result.explain, 300)}`, { rack });
}

/** Error: E_MOUNTED when something is mounted at the path or below it, or an overlay has a layer there, wherever it is mounted. */
export async function refuseMounted(
  path: string,
  { rack, what, hint, verb = 'delete' }: Refused,
): Promise<void> {
  const records = await readMountinfo();
  const mounted = mountedAtOrBelow(records, path)[0] ?? records.find((record) => usesPath(record, path));
  if (mounted === undefined) return;
  const message = `cannot ${verb} ${what}: something is mounted at ${mounted.mountPoint}`;
  throw new RackError('E_MOUNTED', message, { rack, hint });
}

/** True for an overlay with a layer at the path or below it, wherever it is mounted. */
export function usesPath(record: MountRecord, path: string): boolean {
  if (record.type !== 'overlay') return false;
  const upper = optionValue(record.superOptions, 'upperdir') ?? '';
  const lower = optionValue(record.superOptions, 'lowerdir') ?? '';
  return [upper, ...lower.split(':')].some((layer) => layer === path || layer.startsWith(`${path}/`));
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}
