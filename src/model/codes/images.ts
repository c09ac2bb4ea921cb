/** Images: the file, its bytes, where it comes from. */
import { codes } from './code.js';

export const imageCodes = codes({
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
  E_IMAGE_SIZE: {
    blame: 'host',
    summary: 'the image was cut off',
    action: 'copy it again',
  },
  E_IMAGE_DAMAGED: {
    blame: 'host',
    summary: 'an image that is kept or in use is no longer what it was when it was checked',
    action:
      'look at the disk, then put the right file in its place by a rename; racks take it up at their next rollout or boot',
  },
});
