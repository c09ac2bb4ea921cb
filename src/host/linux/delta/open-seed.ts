/** Opens the image that a new one is compared with. What is in it is compared and never trusted. */
import type { FileHandle } from 'node:fs/promises';
import type { ImageRef, Layout } from '../../../model/index.js';
import { openImage } from '../image-file.js';
import { createStoredImages } from '../stored-images.js';
import { chooseSeed } from './seed.js';

/** `present`: what the rack runs now. Null when nothing here is like it; else open for reading, the caller closes it. */
export async function openSeed(
  layout: Layout,
  image: ImageRef,
  present: ImageRef | null,
): Promise<FileHandle | null> {
  const seed = chooseSeed(image, present, await createStoredImages(layout).list());
  return seed === null ? null : await openImage(seed.path).catch(() => null);
}
