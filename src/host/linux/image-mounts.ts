/**
 * Mounts of images, shared by the racks that use the same digest. Several lanes mount, use and release one image at the same moment: everything about one
 * digest happens in turn, and a tree is mounted while its image cannot be released. Never lazy, never over something.
 */
import { mkdir, rmdir } from 'node:fs/promises';
import { isKernelError, unmount } from '../../kernel/index.js';
import { oneAtATime } from '../../lib/index.js';
import { type ImageRef, imageMountPath, type Layout } from '../../model/index.js';
import type { ImageStore } from './image-store.js';
import { explained, ignoreMissing, mountError } from './mount-errors.js';
import { mountSquashfs } from './mount-squashfs.js';
import { type MountRecord, optionValue, readMountinfo } from './mountinfo.js';
import { observeMounts } from './observe-mounts.js';

export interface ImageMounts {
  /** As `Mounts.mountImage`. */
  mount(image: ImageRef): Promise<void>;
  /** As `Mounts.unmountImage`. */
  unmount(sha256: string): Promise<boolean>;
  /** Runs `work` with the image mounted, whatever another lane has just released; nobody releases it meanwhile. */
  whileMounted<T>(image: ImageRef, work: () => Promise<T>): Promise<T>;
}

export function createImageMounts(layout: Layout, images: ImageStore): ImageMounts {
  const inTurn = oneAtATime();

  async function mountImage(image: { readonly file: string; readonly sha256: string }): Promise<void> {
    const target = imageMountPath(layout, image.sha256);
    const observed = observeMounts(await readMountinfo(), layout).images.find(
      (seen) => seen.sha256 === image.sha256,
    );
    if (observed?.asMade) return;
    if (observed !== undefined)
      throw mountError(`cannot mount "${image.file}": something else is mounted at ${target}`);
    const verified = await images.openVerified(image);
    const { handle, path } = verified;
    try {
      await mkdir(target, { recursive: true, mode: 0o755 });
      await mountSquashfs(handle.fd, path, target);
      // Nobody has looked at it yet: what was written to it since it was hashed goes no further.
      await images.confirm(image, verified).catch(async (error: unknown) => {
        await unmountImage(image.sha256);
        throw error;
      });
    } finally {
      await handle.close();
    }
  }

  async function unmountImage(sha256: string): Promise<boolean> {
    const target = imageMountPath(layout, sha256);
    const records = await readMountinfo();
    if (isUsed(records, target)) return false;
    if (records.some((record) => record.mountPoint === target)) {
      try {
        await unmount(target);
      } catch (error) {
        if (isKernelError(error, 'EBUSY')) return false;
        throw explained(error, `cannot unmount the image at ${target}`);
      }
    }
    await rmdir(target).catch(ignoreMissing);
    return true;
  }

  return {
    mount: (image) => inTurn(image.sha256, () => mountImage(image)),
    unmount: (sha256) => inTurn(sha256, () => unmountImage(sha256)),
    whileMounted: (image, work) =>
      inTurn(image.sha256, async () => {
        await mountImage(image);
        return work();
      }),
  };
}

function isUsed(records: readonly MountRecord[], imageMount: string): boolean {
  return records.some((record) => {
    const lower = record.type === 'overlay' ? optionValue(record.superOptions, 'lowerdir') : null;
    return lower?.split(':').includes(imageMount) === true;
  });
}
