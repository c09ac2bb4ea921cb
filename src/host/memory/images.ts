/** The image store of the imagined machine: files known by name, each with its true sha256. */
import { hostPath, type ImageRef, RackError } from '../../model/index.js';
import type { Images, StoredImages } from '../image-ports.js';
import type { MemoryState } from './state.js';

export function createMemoryImages(state: MemoryState): Images {
  return {
    ensure: async (image, progress, fetching) => {
      findImage(state, image);
      const download = state.downloads.get(image.file);
      if (download !== undefined && fetching !== undefined) await fetching.aside(() => download);
      await state.slowImages.get(image.file);
      if (state.diskFull)
        throw new RackError('E_DISK_SPACE', `cannot keep image "${image.file}": no space left`);
      progress('verified');
    },
  };
}

/** The same files: all put there by hand, as the imagined machine copies none, and with the bytes that they have. */
export function createMemoryStoredImages(state: MemoryState): StoredImages {
  const pathOf = (file: string) => hostPath(`/racks/iso/${file}`);
  return {
    list: async () =>
      [...state.store].map(([file, { sha256 }], index) => ({
        path: pathOf(file),
        file,
        sha256,
        sizeBytes: 4_096,
        sinceMs: 0,
        ours: false,
        device: 1n,
        inode: BigInt(index),
        changedNs: 0n,
        exposed: null,
      })),
    mounted: async () => [],
    space: async () => ({ freeBytes: state.diskFull ? 0 : 2 ** 40, totalBytes: 2 ** 41 }),
    digest: async (path) => {
      const found = [...state.store].find(([file]) => pathOf(file) === path);
      if (found === undefined) throw new RackError('E_IMAGE_DAMAGED', `cannot read "${path}": ENOENT`);
      return found[1].sha256;
    },
    remove: async (path) => {
      for (const file of state.store.keys()) if (pathOf(file) === path) state.store.delete(file);
    },
    sweep: async () => {},
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
