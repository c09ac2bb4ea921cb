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
  E_IMAGE_BASE: {
    blame: 'host',
    summary: 'the base of an image could not be made',
    action: 'see its message: names of packages, the mirror, the archive',
  },
  E_IMAGE_SOURCE: {
    blame: 'definition',
    summary: 'a recipe names a file that is not there',
    action: 'commit the file beside the recipe, or correct the path',
  },
  E_IMAGE_STEP: {
    blame: 'definition',
    summary: 'a step of a recipe failed',
    action: 'see the last lines of its output, and correct the step',
  },
  E_RECIPE: {
    blame: 'definition',
    summary: 'a recipe is wrong',
    action: 'correct the problems that are listed',
  },
  E_IMAGE_BUSY: {
    blame: 'host',
    summary: 'another process is making the image of that name',
    action: 'wait for it to end, or name another directory',
  },
  E_IMAGE_EXISTS: {
    blame: 'host',
    summary: 'another image of that name is there already',
    action: 'raise the version, or delete the old file when no rack needs it',
  },
  E_IMAGE_PACK: {
    blame: 'host',
    summary: 'mksquashfs could not make the image',
    action: 'see its message',
  },
  E_IMAGE_TREE: {
    blame: 'host',
    summary: 'something in the tree that becomes an image cannot be read',
    action: 'see which; nothing else may write to the tree meanwhile',
  },
  E_OCI_FETCH: {
    blame: 'host',
    summary: 'a container image could not be fetched',
    action: 'check its name, the credentials and the network',
  },
  E_OCI_FORMAT: {
    blame: 'host',
    summary: 'what was fetched is no container image that can be unpacked',
    action: 'ask whoever made the image',
  },
  E_IMAGE_INTERRUPTED: {
    blame: 'host',
    summary: 'rackops was told to stop while it made an image; nothing was made',
    action: 'run the command again',
  },
  E_IMAGE_COMMAND: {
    blame: 'host',
    summary: 'a command in the root of a new image failed, and no image was made',
    action: 'see its last lines, correct it and run it again',
  },
});
