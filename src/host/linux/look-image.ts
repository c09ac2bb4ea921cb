/**
 * An image to be looked into, mounted nowhere: whoever looks keeps no mount of the agent's busy, makes none that it would find, and leaves none, whatever ends it. Read-only.
 */
import { closeSync, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { attachLoop, cloneMount, mountDetached } from '../../kernel/index.js';
import {
  type ImageRef,
  imageMountPath,
  type Layout,
  RackError,
  type ShadowImage,
} from '../../model/index.js';
import type { ImageStore } from './image-store.js';
import { explained } from './mount-errors.js';
import { readMountinfo } from './mountinfo.js';
import { observeMounts } from './observe-mounts.js';
import { checkSquashfs } from './squashfs.js';

/**
 * Descriptor of the image's root; the caller closes it. One with a digest is the mounted one, also when its file is gone by now, else the verified file of the store; one without is a file in the
 * image directory, or any by its absolute path, that is root's and that nobody else can write. Errors: as of `Images.ensure`; E_IMAGE_NOT_FOUND, E_IMAGE_FORMAT, E_MOUNT.
 */
export async function lookIntoImage(
  layout: Layout,
  images: Pick<ImageStore, 'openVerified'>,
  image: ShadowImage,
): Promise<number> {
  if ('sha256' in image) {
    const mounted = observeMounts(await readMountinfo(), layout).images;
    if (mounted.some(({ sha256, asMade }) => asMade && sha256 === image.sha256))
      return cloneOf(layout, image);
    const { handle, path } = await images.openVerified(image);
    return await mountHandle(handle, path);
  }
  const path = image.file.startsWith('/') ? image.file : join(layout.iso, image.file);
  return await mountHandle(await openTrusted(path), path);
}

function cloneOf(layout: Layout, { file, sha256 }: ImageRef): number {
  try {
    return cloneMount(imageMountPath(layout, sha256));
  } catch (error) {
    throw explained(error, `cannot look into "${file}"`);
  }
}

async function mountHandle(handle: FileHandle, path: string): Promise<number> {
  try {
    await checkSquashfs(handle, path);
    const loop = attachLoop(handle.fd, path);
    // The open device keeps it attached until the mount does.
    return await mountDetached(loop.path).finally(() => closeSync(loop.fd));
  } catch (error) {
    throw explained(error, `cannot look into "${path}"`);
  } finally {
    await handle.close();
  }
}

/** No digest says what is in it, so it must be somebody's who is root anyway. */
async function openTrusted(path: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    throw new RackError('E_IMAGE_NOT_FOUND', `cannot open the image "${path}": ${error.code}`, {
      hint: 'name a file of the image directory, or give its path; see: rackops image list',
      cause: error,
    });
  });
  const stat = await handle.stat();
  if (stat.isFile() && stat.uid === 0 && (stat.mode & 0o022) === 0) return handle;
  await handle.close();
  throw new RackError(
    'E_IMAGE_FORMAT',
    `cannot look into "${path}": it is no regular file of root that nobody else can write`,
    { hint: `take a copy: install -o root -g root -m 0644 IMAGE ${path}.copy` },
  );
}
