/** An image file that an image is made of: opened once, and what is open is what is hashed and mounted. Must never follow a link, nor wait for a pipe. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type HostPath, RackError } from '../../model/index.js';
import { asFull } from './disk-full.js';
import { checkSquashfs } from './squashfs.js';

const chunkBytes = 1_048_576;

export interface TakenImage {
  /** Open for reading; the caller closes it. */
  readonly handle: FileHandle;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** `copy`: where it is copied to when others than root can write to it. Errors: E_IMAGE_NOT_FOUND, E_IMAGE_FORMAT, E_IMAGE_SIZE, E_DISK_SPACE, the signal's reason. */
export async function takeImage(file: HostPath, copy: HostPath, signal?: AbortSignal): Promise<TakenImage> {
  const given = await openFile(file);
  try {
    await checkSquashfs(given, file);
    const { uid, mode } = await given.stat();
    if (uid === 0 && (mode & 0o022) === 0) return { handle: given, ...(await digest(given, null, signal)) };
  } catch (error) {
    await given.close();
    throw error;
  }
  try {
    const to = await open(copy, 'wx+', 0o600);
    try {
      const taken = { handle: to, ...(await digest(given, to, signal)) };
      await checkSquashfs(to, file);
      return taken;
    } catch (error) {
      await to.close();
      throw asFull(error, `cannot copy "${file}"`);
    }
  } finally {
    await given.close();
  }
}

async function openFile(file: HostPath): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'ENOENT'
          ? 'there is no such file'
          : error.code === 'ELOOP'
            ? 'it is a symbolic link'
            : error.code;
      throw new RackError('E_IMAGE_NOT_FOUND', `cannot open "${file}": ${why}`, {
        cause: error,
        hint: 'name the image file itself',
      });
    },
  );
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new RackError('E_IMAGE_FORMAT', `cannot use "${file}": it is no regular file`, {
    hint: 'an image is a squashfs file',
  });
}

/** Reads it once, to the end; `copy` gets the same bytes. */
async function digest(
  from: FileHandle,
  copy: FileHandle | null,
  signal: AbortSignal | undefined,
): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let sizeBytes = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await from.read(chunk, 0, chunk.length, sizeBytes);
    if (bytesRead === 0) return { sha256: hash.digest('hex'), sizeBytes };
    const bytes = chunk.subarray(0, bytesRead);
    hash.update(bytes);
    await copy?.writeFile(bytes);
    sizeBytes += bytesRead;
  }
}
