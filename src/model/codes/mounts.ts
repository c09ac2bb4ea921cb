import { codes } from './code.js';

/** Images, mounts, layers and disk. */
export const mountCodes = codes({
  E_IMAGE_NOT_FOUND: {
    blame: 'host',
    summary: 'no image source has a file of that name',
    action: 'copy the image into the store',
  },
  E_IMAGE_DIGEST: {
    blame: 'host',
    summary: 'the image has another sha256 than the definition says',
    action: 'copy the right file, or correct image.sha256',
  },
  E_IMAGE_FORMAT: {
    blame: 'host',
    summary: 'the image is not a squashfs',
    action: 'build it with mksquashfs',
  },
  E_BUSY: {
    blame: 'host',
    summary: 'another process holds the tree of the rack',
    action: 'end the processes named, then sync again',
  },
  E_LEAKED_MOUNT: {
    blame: 'host',
    summary: 'the old overlay lives on in another mount namespace',
    action: 'end the processes named, then sync again',
  },
  E_MOUNT: {
    blame: 'host',
    summary: 'the kernel refused a mount',
    action: 'run rackops doctor',
  },
});
