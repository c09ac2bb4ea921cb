/** Is a file that host.yaml names fit to be relied on: there, a file, root's, closed enough, not too large? Reads owner, mode and size only; says what is wrong and what to do. */
import { stat } from 'node:fs/promises';
import type { HostPath } from '../model/index.js';

export interface FileFault {
  /** What is said after `cannot use … "<path>": `. */
  readonly why: string;
  readonly hint: string;
}

/**
 * Null: it is fit. `forbidden`: mode bits that it must not have, `0o077` for a secret, `0o022` for what only must not be changed. `maxBytes`: more is no such file.
 * No errors: what cannot be looked at does not exist.
 */
export async function rootFileFault(
  path: HostPath,
  forbidden: 0o077 | 0o022,
  maxBytes: number,
): Promise<FileFault | null> {
  const isSecret = forbidden === 0o077;
  const mode = isSecret ? '600' : '644';
  // stat, not lstat: a link to a file that only root can write is as good as the file.
  const found = await stat(path).catch(() => null);
  if (found === null) return { why: 'it does not exist', hint: `write it, then chmod ${mode} ${path}` };
  if (!found.isFile()) return { why: 'it is not a file', hint: 'write a file in its place' };
  const hint = `chown root:root ${path} && chmod ${mode} ${path}`;
  if (found.uid !== 0) return { why: `it belongs to user ${found.uid}, not to root`, hint };
  if ((found.mode & forbidden) !== 0) {
    const bits = (found.mode & 0o777).toString(8).padStart(4, '0');
    return { why: `others may ${isSecret ? 'use' : 'change'} it (mode ${bits})`, hint };
  }
  if (found.size > maxBytes)
    return { why: `it is larger than ${maxBytes / 1_024} KiB`, hint: 'check that it is the right file' };
  return null;
}
