/** Images: the file, its bytes, where it comes from. */
import { codes } from './code.js';

export const imageCodes = codes({
  E_IMAGE_NOT_FOUND: {
    blame: 'host',
    summary: 'no image source has a file of that name',
    action: 'copy the image into the store, or put it where a source looks for it',
  },
  E_IMAGE_DIGEST: {
    blame: 'host',
    summary: 'the image has another sha256 than the definition says',
    action: 'put the right file there, or correct image.sha256',
  },
  E_IMAGE_FORMAT: {
    blame: 'host',
    summary: 'the image is not a squashfs',
    action: 'build it with mksquashfs',
  },
  E_IMAGE_SIZE: {
    blame: 'host',
    summary: 'the image was cut off, or is longer than was said or allowed',
    action: 'copy it again, or raise images.maxSize',
  },
  E_IMAGE_FETCH: {
    blame: 'host',
    summary: 'the image could not be downloaded: the network, or what the server answers',
    action: 'see the message; what was downloaded is kept, and it goes on from there by itself',
  },
  E_IMAGE_DENIED: {
    blame: 'host',
    summary: 'an image source refuses the credentials, or wants some',
    action: 'renew what the files of its auth or headers hold; they are read again for each download',
  },
  E_IMAGE_AUTH_FILE: {
    blame: 'host',
    summary: 'a credential, certificate or key file of an image source is missing, too open or not usable',
    action: 'give it to root with mode 0600',
  },
  E_IMAGE_REDIRECT: {
    blame: 'host',
    summary: 'an image source redirects to where rackops does not follow',
    action: 'write the final address into images.sources',
  },
  E_IMAGE_TLS: {
    blame: 'host',
    summary: 'the TLS certificate of an image source is not trusted',
    action: 'check the certificate, caFile of the source, and the clock of this host',
  },
  E_OCI_REALM: {
    blame: 'host',
    summary: 'a registry sends us to another host for a token',
    action: 'when that host is right, list it in realms of the source; no credential was sent',
  },
  E_OCI_REGISTRY: {
    blame: 'host',
    summary: 'a registry answers something that is no part of its protocol',
    action: 'see the message',
  },
  E_OCI_REFERENCE: {
    blame: 'host',
    summary: 'the text is not the name of a tag in a registry',
    action: 'write host[:port]/repository:tag',
  },
  E_IMAGE_SIG_MISSING: {
    blame: 'host',
    summary: 'the image has no signature, and its source wants one',
    action: 'sign it with minisign and put FILE.minisig beside it',
  },
  E_IMAGE_SIG_KEY: {
    blame: 'host',
    summary: 'the image is signed with a key that is not among those of its source',
    action: 'sign it with one of images.verify.keys, or add the key when it is right',
  },
  E_IMAGE_SIG_CONTENT: {
    blame: 'host',
    summary: 'the signature is not one of these bytes',
    action: 'sign the image that the definition names, and put the signature beside it',
  },
  E_IMAGE_SIG_NAME: {
    blame: 'host',
    summary: 'the signature is for an image of another name',
    action: 'sign it with a trusted comment that has file:NAME, as minisign does by itself',
  },
  E_IMAGE_SIG_FORMAT: {
    blame: 'host',
    summary: 'a signature or a public key is not in the form of minisign',
    action: 'make it with minisign, version 0.10 or newer',
  },
  E_IMAGE_SIG_VERIFIER: {
    blame: 'host',
    summary: 'the signature of an image could not be checked: minisign was ended, or took too long',
    action: 'see the message; it is checked again at the next pass, and until then the image is not used',
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
  E_SHADOW_CONFLICT: {
    blame: 'host',
    summary:
      'a file cannot be merged into the writable layer, because the same lines were changed here and in the image',
    action: 'print the merge without --write, decide, and put the result in by hand; nothing was touched',
  },
  E_SHADOW_CHANGED: {
    blame: 'host',
    summary:
      'a service wrote to a file of the writable layer while its replacement was made; everything is as it was',
    action: 'try again, when nobody writes to it',
  },
  E_SHADOW_MERGE: {
    blame: 'host',
    summary: 'the three versions of a file cannot be merged as text',
    action: 'see the message; compare them by hand',
  },
  E_IMAGE_DAMAGED: {
    blame: 'host',
    summary: 'an image that is kept or in use is no longer what it was when it was checked',
    action:
      'look at the disk, then put the right file in its place by a rename; racks take it up at their next rollout or boot',
  },
});
