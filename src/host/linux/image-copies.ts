/**
 * The store's own copies, `<iso>/.store/<sha256>`: root's, 0600, in a directory of root's that nobody else can enter, so that what was checked of them once stays true. Knows bytes and digests, not sources
 * and not signatures.
 */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { type HostPath, type ImageRef, type Layout, under } from '../../model/index.js';
import { copyToFile, type Reading } from './image-copy.js';
import { openImage } from './image-file.js';
import type { ImageHashes } from './image-hashes.js';
import { digestError } from './image-verdict.js';

export interface ImageCopies {
  pathOf(image: ImageRef): HostPath;
  partialPathOf(image: ImageRef): HostPath;
  /** The directory is there. */
  prepare(): Promise<void>;
  /** The copy, open, when it is there and right; else null. Errors: E_IMAGE_DAMAGED (cannot be read), the signal's reason. */
  open(reading: Reading): Promise<FileHandle | null>;
  /**
   * A copy of `from`, open. It becomes the store's when its bytes are right and `check` has nothing against it: of what others may change meanwhile, only the copy proves anything. Errors: E_IMAGE_DIGEST,
   * E_DISK_SPACE, those of `check`, the signal's reason; nothing is left then.
   */
  add(from: FileHandle, reading: Reading, check: (copied: FileHandle) => Promise<void>): Promise<FileHandle>;
  /** From here on the file at `temporary`, open, verified and on disk, is the store's copy. */
  keep(temporary: string, handle: FileHandle, image: ImageRef): Promise<void>;
}

export function createImageCopies(layout: Layout, hashes: ImageHashes): ImageCopies {
  const directory = under(layout.iso, '.store');
  const pathOf = (image: ImageRef): HostPath => under(directory, image.sha256);

  async function prepare(): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  }

  async function keep(temporary: string, handle: FileHandle, image: ImageRef): Promise<void> {
    await rename(temporary, pathOf(image));
    await hashes.renamed(handle, image.sha256);
    const opened = await open(directory, 'r');
    await opened.sync().finally(() => opened.close());
  }

  return {
    pathOf,
    partialPathOf: (image) => under(directory, `${image.sha256}.partial`),
    prepare,
    open: async ({ image, progress, signal }) => {
      const handle = await openImage(pathOf(image));
      if (handle === null) return null;
      const sha256 = await closeUnless(handle, () => hashes.of(handle, progress, signal));
      if (sha256 === image.sha256) return handle;
      await handle.close();
      return null;
    },
    add: async (from, reading, check) => {
      const { image, progress, signal } = reading;
      await prepare();
      const temporary = `${pathOf(image)}.copying`;
      const copied = await copyToFile(from, temporary, reading);
      try {
        const sha256 = await hashes.of(copied, progress, signal);
        if (sha256 !== image.sha256) throw digestError(image, temporary, sha256);
        await check(copied);
        await keep(temporary, copied, image);
        return copied;
      } catch (error) {
        await copied.close();
        await rm(temporary, { force: true });
        throw error;
      }
    },
    keep,
  };
}

/** Does `work`; the file is closed when that fails. */
export async function closeUnless<T>(handle: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await handle.close();
    throw error;
  }
}
