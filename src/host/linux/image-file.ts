/** Opens what is to be an image, or lies beside one: a regular file by its own name, never through a link, never waiting on a pipe. */
import { constants } from 'node:fs';
import { type FileHandle, open, readlink } from 'node:fs/promises';
import { isOpenForWriting } from '../../kernel/index.js';
import { RackError } from '../../model/index.js';

/** The text of a detached signature, null when there is none. A longer file is no signature. */
export async function readSignature(path: string): Promise<string | null> {
  const handle = await openImage(path);
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    return size > 65_536 ? '' : (await handle.readFile()).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** Null when there is no such file. Errors: E_IMAGE_FORMAT for a link, a pipe, a directory; E_IMAGE_NOT_FOUND when it cannot be opened. */
export async function openImage(path: string): Promise<FileHandle | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ELOOP') {
      throw new RackError('E_IMAGE_FORMAT', `cannot use "${path}": it is a symbolic link`, {
        hint: 'put the file itself there',
      });
    }
    throw new RackError('E_IMAGE_NOT_FOUND', `cannot open "${path}": ${code}`, { cause: error });
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new RackError('E_IMAGE_FORMAT', `cannot use "${path}": it is no regular file`, {
    hint: 'an image is a squashfs file',
  });
}

/** Runs what reads the file. Error: E_IMAGE_DAMAGED when the disk cannot give its bytes; other failures as they are. */
export async function whileReading<T>(handle: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && error.syscall === 'read')) throw error;
    const code = 'code' in error ? String(error.code) : error.message;
    throw await unreadable(handle, code, error);
  }
}

async function unreadable(handle: FileHandle, code: string, cause: Error): Promise<RackError> {
  const path = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => 'image');
  return new RackError('E_IMAGE_DAMAGED', `cannot read "${path}": ${code}`, {
    cause,
    hint: 'look at the disk (dmesg), then put the file there again',
  });
}

/** Root's, nobody else may open it to write, and nobody has it open from a time when he could. */
export async function isOurs(handle: FileHandle): Promise<boolean> {
  const { uid, mode } = await handle.stat();
  return uid === 0 && (mode & 0o022) === 0 && !isOpenForWriting(handle.fd);
}
