/** A full disk while an image is made, told apart from faults of ours: by errno, or by what a helper program says. Pure. */
import { errorMessage } from '../../lib/index.js';
import { RackError } from '../../model/index.js';

const names = ['ENOSPC', 'EDQUOT'];
const sayings = ['No space left on device', 'Disk quota exceeded'];

/** E_DISK_SPACE for what the kernel says of a full disk or quota, any other error as it is. `what`: `cannot copy "a"`; `option`: the one that names another directory. */
export function asFull(error: unknown, what: string, option: '--scratch' | '--out' = '--scratch'): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (!names.some((name) => name === code)) return error;
  return diskFull(`${what}: ${errorMessage(error)}`, option, error);
}

/** True when a program's last lines say that the disk is full. */
export function saysFull(lines: readonly string[]): boolean {
  return lines.some((line) => sayings.some((saying) => line.includes(saying)));
}

/** E_DISK_SPACE. `what`: the option that names another directory, or what to do where there is none. */
export function diskFull(message: string, what: string, cause?: unknown): RackError {
  const hint = what.startsWith('--') ? `free some space, or name another directory with ${what}` : what;
  return new RackError('E_DISK_SPACE', message, { hint, ...(cause === undefined ? {} : { cause }) });
}
