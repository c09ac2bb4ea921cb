/** Copies an image into the store, never into the space that the racks need. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { formatBytes } from '../../lib/index.js';
import { type ImageRef, RackError } from '../../model/index.js';
import { NoSpace, refuseNoSpace } from './fetch/body.js';

const chunkBytes = 1_048_576;

/** The copy, open, on disk, root's and 0600; what was at `path` is gone. Errors: E_DISK_SPACE; nothing is left then. */
export async function copyToFile(
  from: FileHandle,
  path: string,
  image: ImageRef,
  progress: (detail: string) => void,
): Promise<FileHandle> {
  const { size } = await from.stat();
  await rm(path, { force: true });
  const to = await open(path, 'wx+', 0o600);
  try {
    await refuseNoSpace(to, size);
    progress(`copying ${formatBytes(size)} into the store`);
    await copyFile(from, to, size);
    await to.sync();
    return to;
  } catch (error) {
    await to.close();
    await rm(path, { force: true });
    throw isNoSpace(error) ? noSpaceError(error, image, size) : error;
  }
}

async function copyFile(from: FileHandle, to: FileHandle, size: number): Promise<void> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let position = 0; position < size; ) {
    const { bytesRead } = await from.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    await to.write(chunk, 0, bytesRead, position);
    position += bytesRead;
  }
}

/** True when the disk, or our share of it, is full. */
export function isNoSpace(error: unknown): boolean {
  if (error instanceof NoSpace) return true;
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** `need`: bytes of the whole image, 0 when nobody knows. */
export function noSpaceError(error: unknown, image: ImageRef, need = 0): RackError {
  const [needBytes, free] = error instanceof NoSpace ? [error.needBytes, error.freeBytes] : [need, 0];
  const what = needBytes > 0 ? `needs ${formatBytes(needBytes)}, ` : '';
  return new RackError('E_DISK_SPACE', `cannot store "${image.file}": ${what}free ${formatBytes(free)}`, {
    cause: error,
    hint: 'free some space; it is tried again at the next pass',
  });
}
