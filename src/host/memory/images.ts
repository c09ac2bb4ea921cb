/** The image store of the imagined machine: files known by name, each with its true sha256. */
import { type ImageRef, RackError } from '../../model/index.js';
import type { Images } from '../ports.js';
import type { MemoryState } from './state.js';

export function createMemoryImages(state: MemoryState): Images {
  return {
    ensure: async (image, progress) => {
      findImage(state, image);
      await state.slowImages.get(image.file);
      if (state.diskFull)
        throw new RackError('E_DISK_SPACE', `cannot keep image "${image.file}": no space left`);
      progress('verified');
    },
  };
}

/** Errors: E_IMAGE_NOT_FOUND, E_IMAGE_DIGEST. */
export function findImage(state: MemoryState, image: ImageRef): void {
  const file = state.store.get(image.file);
  if (file === undefined) {
    throw new RackError('E_IMAGE_NOT_FOUND', `cannot find image "${image.file}"`, {
      hint: 'copy the image into the store',
    });
  }
  if (file.sha256 !== image.sha256) {
    throw new RackError('E_IMAGE_DIGEST', `cannot use image "${image.file}": it has another sha256`, {
      hint: 'copy the right file, or correct image.sha256',
    });
  }
}
