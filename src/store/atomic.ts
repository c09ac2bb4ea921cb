/**
 * Files that are old or new, never garbage: temporary file, fsync, rename, fsync of the directory. The generation before is kept as `.old`
 * and stands in when the current one is unreadable.
 */
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RackError } from '../model/index.js';

/** Durable when it returns. Errors: E_STATE_FULL, E_STATE_READONLY, E_STATE; the old content is still there. */
export async function writeDurably(
  path: string,
  content: string | Uint8Array,
  keepOld: boolean,
): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (keepOld) await keepPrevious(path);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw stateError(`write "${path}"`, error);
  }
}

async function keepPrevious(path: string): Promise<void> {
  await rm(`${path}.old`, { force: true });
  await link(path, `${path}.old`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Gone, durably; fine when it was not there. */
export async function removeDurably(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
    await rm(`${path}.old`, { force: true });
    await syncDirectory(dirname(path));
  } catch (error) {
    throw stateError(`delete "${path}"`, error);
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}

/** Null when there is no such file. Error: E_STATE. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw stateError(`read "${path}"`, error);
  }
}

export function stateError(what: string, error: unknown): RackError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new RackError('E_STATE_FULL', `cannot ${what}: no space or no inodes left`, {
      cause: error,
      hint: 'free some space; no rack was touched',
    });
  }
  if (code === 'EROFS') {
    return new RackError('E_STATE_READONLY', `cannot ${what}: the file system is read-only`, {
      cause: error,
      hint: 'mount it read-write',
    });
  }
  return new RackError('E_STATE', `cannot ${what}: ${code}`, { cause: error, hint: 'see rackops doctor' });
}
