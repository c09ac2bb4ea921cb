/** Copies an image into the store, never into the space that the racks need. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { formatBytes } from '../../lib/index.js';
import { type ImageRef, RackError } from '../../model/index.js';
import { isNoSpace, NoSpace, refuseNoSpace, writeAll } from './fetch/body.js';
import { whileReading } from './image-file.js';

const chunkBytes = 1_048_576;

/** One image being read, and who is told. */
export interface Reading {
  readonly image: ImageRef;
  readonly progress: (detail: string) => void;
  readonly signal: AbortSignal;
}

/** The copy, open, on disk, root's and 0600; what was at `path` is gone. Errors: E_DISK_SPACE, E_IMAGE_DAMAGED (cannot be read), the signal's reason; nothing is left then. */
export async function copyToFile(
  from: FileHandle,
  path: string,
  { image, progress, signal }: Reading,
): Promise<FileHandle> {
  const { size } = await from.stat();
  await rm(path, { force: true });
  const to = await open(path, 'wx+', 0o600);
  try {
    await refuseNoSpace(to, size);
    progress(`copying ${formatBytes(size)} into the store`);
    await whileReading(from, () => copyFile(from, to, size, signal));
    await to.sync();
    return to;
  } catch (error) {
    await to.close();
    await rm(path, { force: true });
    throw isNoSpace(error) ? noSpaceError(error, image, size) : error;
  }
}

async function copyFile(from: FileHandle, to: FileHandle, size: number, signal: AbortSignal): Promise<void> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let position = 0; position < size; ) {
    signal.throwIfAborted();
    const { bytesRead } = await from.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    await writeAll(to, chunk.subarray(0, bytesRead), position);
    position += bytesRead;
  }
}

/** `need`: bytes of the whole image, 0 when nobody knows. */
export function noSpaceError(error: unknown, image: ImageRef, need = 0): RackError {
  const [needBytes, free] = error instanceof NoSpace ? [error.needBytes, error.freeBytes] : [need, 0];
  const what = needBytes > 0 ? `needs ${formatBytes(needBytes)}, ` : '';
  return new RackError('E_DISK_SPACE', `cannot store "${image.file}": ${what}free ${formatBytes(free)}`, {
    cause: error,
    wantedBytes: needBytes,
    hint: 'free some space; it is tried again at the next pass',
  });
}
