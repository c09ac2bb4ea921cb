/** Opens what is to be an image, or lies beside one: a regular file by its own name, never through a link, never waiting on a pipe. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
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

/** Root's, nobody else may open it to write, and nobody has it open from a time when he could. */
export async function isOurs(handle: FileHandle): Promise<boolean> {
  const { uid, mode } = await handle.stat();
  return uid === 0 && (mode & 0o022) === 0 && !isOpenForWriting(handle.fd);
}
