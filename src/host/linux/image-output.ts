/**
 * Where an image and the files beside it are made: in a directory of their own next to their place, on its file system, so that each gets its name by a rename. The lock on that directory says whether
 * its builder lives; what a dead one left is overwritten.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from '../../kernel/index.js';
import { errorMessage } from '../../lib/index.js';
import { type HostPath, RackError, under } from '../../model/index.js';
import type { ImageOutput } from '../image-packing.js';
import { asFull } from './disk-full.js';

const chunkBytes = 1_048_576;

/** As of `ImagePacking.openOutput`. */
export async function openImageOutput(directory: HostPath, file: string): Promise<ImageOutput> {
  const partial = under(directory, `.${file}.partial`);
  const lock = await lockDirectory(directory, partial, file);
  const image = under(partial, file);
  return {
    image,
    write: async (name, lines) => {
      const hash = createHash('sha256');
      const handle = await open(under(partial, name), 'w', 0o644);
      try {
        for (const text of chunksOf(lines)) {
          hash.update(text);
          await handle.writeFile(text);
        }
        await handle.sync();
      } catch (error) {
        throw asFull(error, `cannot write "${name}"`, '--out');
      } finally {
        await handle.close();
      }
      return hash.digest('hex');
    },
    seal: async () => {
      const handle = await open(image, 'r+');
      try {
        await handle.chmod(0o644);
        await handle.sync();
      } catch (error) {
        throw asFull(error, `cannot write "${file}"`, '--out');
      } finally {
        await handle.close();
      }
      return await digestOf(image);
    },
    publish: async (sha256) => {
      const target = under(directory, file);
      const there = await lstat(target).catch(() => null);
      if (there !== null) {
        const isSame = there.isFile() && (await digestOf(target)).sha256 === sha256;
        if (!isSame) throw exists(target);
      }
      const others = (await readdir(partial)).filter((name) => name !== file);
      for (const name of [...others, ...(there === null ? [file] : [])])
        await rename(join(partial, name), join(directory, name));
      await syncDirectory(directory);
      return there === null;
    },
    close: async () => {
      await rm(partial, { recursive: true, force: true });
      closeSync(lock);
    },
  };
}

/** Descriptor of the directory of unfinished files, empty and locked. */
async function lockDirectory(directory: HostPath, partial: HostPath, file: string): Promise<number> {
  const refuse = (error: unknown): never => {
    const full = asFull(error, `cannot write to "${directory}"`, '--out');
    throw full === error ? notWritable(directory, error) : full;
  };
  await mkdir(directory, { recursive: true }).catch(refuse);
  for (;;) {
    await mkdir(partial, { mode: 0o700 }).catch((error) => {
      if (!isErrno(error, 'EEXIST')) refuse(error);
    });
    const fd = openPartial(partial, directory);
    // Its owner has ended and taken it away.
    if (fd === null) continue;
    const closeAndThrow = (error: RackError): never => {
      closeSync(fd);
      throw error;
    };
    const { uid } = fstatSync(fd);
    if (uid !== process.geteuid?.())
      closeAndThrow(new RackError('E_DIR_OWNER', `cannot use "${partial}": it belongs to uid ${uid}`));
    if (!tryLock(fd)) {
      closeAndThrow(
        new RackError('E_IMAGE_BUSY', `cannot make "${file}": another build of it runs`, {
          hint: 'wait for it, or choose another directory with --out',
        }),
      );
    }
    // Between the opening and the lock its owner may have ended and taken it away.
    if (isSame(fstatSync(fd), statSync(partial, { throwIfNoEntry: false }))) {
      for (const name of await readdir(partial))
        await rm(join(partial, name), { recursive: true, force: true });
      return fd;
    }
    closeSync(fd);
  }
}

/** Null when it is not there. */
function openPartial(partial: HostPath, directory: HostPath): number | null {
  try {
    return openSync(partial, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw notWritable(directory, error);
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function notWritable(directory: HostPath, cause: unknown): RackError {
  return new RackError('E_DIR_OWNER', `cannot write to "${directory}": ${errorMessage(cause)}`, {
    cause,
    hint: 'choose another directory with --out',
  });
}

function isSame(a: Stats, b: Stats | undefined): boolean {
  return a.ino === b?.ino && a.dev === b.dev;
}

async function digestOf(path: string): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let sizeBytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, sizeBytes);
      if (bytesRead === 0) return { sha256: hash.digest('hex'), sizeBytes };
      hash.update(chunk.subarray(0, bytesRead));
      sizeBytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** Written in pieces of a megabyte: a manifest has a hundred thousand short lines. */
function* chunksOf(lines: Iterable<string>): Generator<string> {
  let held: string[] = [];
  let length = 0;
  for (const line of lines) {
    held.push(line, '\n');
    length += line.length + 1;
    if (length < chunkBytes) continue;
    yield held.join('');
    [held, length] = [[], 0];
  }
  if (held.length > 0) yield held.join('');
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}

function exists(target: string): RackError {
  return new RackError('E_IMAGE_EXISTS', `cannot make "${target}": another image of that name is there`, {
    hint: 'raise the version: racks may need the old one to go back to; or delete it when none does',
  });
}
