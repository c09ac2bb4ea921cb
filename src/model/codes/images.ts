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
  E_SHADOW: {
    blame: 'host',
    summary: 'files of the writable layer hide what the new image brings, and nobody allowed that',
    action:
      'see rackops shadow RACK; reset these files, or allow them by a rule of rollout.shadow; tried again at each pass',
  },
  E_SHADOW_INCOMPLETE: {
    blame: 'host',
    summary:
      'not all of a writable layer could be compared with the new image, and the definition asks for it',
    action: 'see rackops shadow RACK; or let rollout.shadow only keep',
  },
  E_SHADOW_RESET: {
    blame: 'host',
    summary:
      'an entry of the writable layer cannot be reset, or resetting it would not show the file of the image',
    action: 'see the message; nothing was touched',
  },
  E_SHADOW_MERGE: {
    blame: 'host',
    summary: 'the three versions of a file cannot be merged as text',
    action: 'see the message; compare them by hand',
  },
});
