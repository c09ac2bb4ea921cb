/**
 * Files that are old or new, never garbage: temporary file, fsync, rename, fsync of the directory. The generation before is kept as `.old`
 * and stands in when the current one is unreadable.
 */
import { closeSync, fsync, linkSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { readFile, rename, rm, statfs, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { errorMessage } from '../lib/index.js';
import { RackError } from '../model/index.js';

const sync = promisify(fsync);

let writes = 0;

/** A name of its own beside `path`: two writers of one file never share a half-written one. */
export function temporaryFor(path: string): string {
  return `${path}.${process.pid}-${writes++}.tmp`;
}

/**
 * Durable when it returns. Errors: E_STATE_FULL, E_STATE_READONLY, E_STATE; the old content is still there. Only the two syncs wait for the disk and go to the
 * thread pool: the other eight calls are answered from memory, and a trip there costs more than any of them.
 */
export async function writeDurably(
  path: string,
  content: string | Uint8Array,
  keepOld: boolean,
): Promise<void> {
  const temporary = temporaryFor(path);
  try {
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(file, content);
      await sync(file);
    } finally {
      closeSync(file);
    }
    if (keepOld) keepPrevious(path);
    renameSync(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw await stateError(`write "${path}"`, error, dirname(path));
  }
}

/** Old or new for every reader, but a power cut may lose it: for what can be found out again. Errors as of `writeDurably`. */
export async function writeWithoutSync(path: string, content: string): Promise<void> {
  const temporary = temporaryFor(path);
  try {
    await writeFile(temporary, content, { mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw await stateError(`write "${path}"`, error, dirname(path));
  }
}

function keepPrevious(path: string): void {
  for (const act of [() => unlinkSync(`${path}.old`), () => linkSync(path, `${path}.old`)]) {
    try {
      act();
    } catch (error) {
      ignoreAbsent(error);
    }
  }
}

function ignoreAbsent(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}

/** Gone, durably; fine when it was not there. */
export async function removeDurably(path: string): Promise<void> {
  try {
    // On the thread pool: the file system may make whoever deletes wait for what was synced a moment ago.
    await unlink(path).catch(ignoreAbsent);
    await unlink(`${path}.old`).catch(ignoreAbsent);
    await syncDirectory(dirname(path));
  } catch (error) {
    throw await stateError(`delete "${path}"`, error, dirname(path));
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = openSync(path, 'r');
  await sync(directory).finally(() => closeSync(directory));
}

/** Null when there is no such file. Error: E_STATE. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw await stateError(`read "${path}"`, error, dirname(path));
  }
}

/** `what` was tried in `directory`. Never throws; asks the file system which of its two shortages it is. */
export async function stateError(what: string, error: unknown, directory: string): Promise<RackError> {
  const code = codeOf(error);
  switch (code) {
    case 'ENOSPC': {
      const { ffree, files } = await statfs(directory).catch(() => ({ ffree: 1, files: 0 }));
      const short = files > 0 && ffree === 0 ? 'inodes' : 'space';
      return new RackError('E_STATE_FULL', `cannot ${what}: no ${short} left`, {
        cause: error,
        hint:
          short === 'inodes'
            ? 'delete files there; df -i shows how many'
            : 'free some space; df shows how much',
      });
    }
    case 'EDQUOT':
      return new RackError('E_STATE_FULL', `cannot ${what}: the quota is used up`, {
        cause: error,
        hint: 'raise the quota, or free some space',
      });
    case 'EROFS':
      return new RackError('E_STATE_READONLY', `cannot ${what}: the file system is read-only`, {
        cause: error,
        hint: 'mount it read-write; the kernel makes it read-only after a disk error',
      });
    case 'EACCES':
    case 'EPERM':
      return new RackError('E_STATE', `cannot ${what}: not allowed`, {
        cause: error,
        hint: 'run it as root',
      });
    default:
      return new RackError('E_STATE', `cannot ${what}: ${code}`, {
        cause: error,
        hint: 'see rackops doctor',
      });
  }
}

/** `ENOENT` and its like; the message of anything else. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return errorMessage(error);
}
