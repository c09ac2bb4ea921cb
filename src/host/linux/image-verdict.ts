/** What to say when no place has the right image: one error that names them all. Pure. */
import { join } from 'node:path';
import { type ErrorCode, type ImageRef, type ImageSource, RackError } from '../../model/index.js';
import { isNoSpace } from './fetch/body.js';
import { placesOf } from './fetch/places.js';
import { Refused } from './fetch/refused.js';
import { noSpaceError } from './image-copy.js';

/** Which of several failures gives the whole its code: what a person must look at comes before what passes by itself. */
const order: readonly ErrorCode[] = [
  'E_IMAGE_SIG_CONTENT',
  'E_IMAGE_SIG_KEY',
  'E_IMAGE_SIG_NAME',
  'E_IMAGE_SIG_FORMAT',
  'E_IMAGE_SIG_MISSING',
  'E_IMAGE_SIG_VERIFIER',
  'E_IMAGE_DIGEST',
  'E_IMAGE_FORMAT',
  'E_IMAGE_SIZE',
  'E_IMAGE_DAMAGED',
  'E_OCI_REALM',
  'E_OCI_REGISTRY',
  'E_IMAGE_REDIRECT',
  'E_IMAGE_TLS',
  'E_IMAGE_AUTH_FILE',
  'E_IMAGE_DENIED',
  'E_PROGRAM_MISSING',
  'E_IMAGE_FETCH',
];

/** The error of a file with other bytes. */
export function digestError(image: ImageRef, path: string, got: string): RackError {
  return new RackError('E_IMAGE_DIGEST', `cannot use "${path}": want sha256 ${image.sha256}, got ${got}`, {
    hint: 'copy the right file there, or correct image.sha256 in the definition',
  });
}

/** A failure at one place as its part of the whole. Anything but `Refused` and `RackError` that is not about space is a bug, and thrown; a full disk is thrown too: no other place helps. */
export function placeError(error: unknown, place: string, image: ImageRef): RackError {
  if (error instanceof Refused) {
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return new RackError(error.code, `cannot use ${place}: ${error.message}`, { cause: error, ...hint });
  }
  if (isNoSpace(error)) throw noSpaceError(error, image);
  if (error instanceof RackError) return error;
  throw error;
}

/** The whole: E_IMAGE_NOT_FOUND with all places when nothing else was wrong anywhere, else the failures, the gravest first. */
export function imageError(
  image: ImageRef,
  sources: readonly ImageSource[],
  failures: readonly RackError[],
): RackError {
  const grave = failures.filter(({ code }) => code !== 'E_IMAGE_NOT_FOUND').sort((a, b) => rank(a) - rank(b));
  const [first] = grave;
  if (first === undefined) return notFound(image, sources, failures);
  if (grave.length === 1) return first;
  return new RackError(first.code, grave.map(({ message }) => message).join('; '), {
    cause: first,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
  });
}

function rank({ code }: RackError): number {
  const index = order.indexOf(code);
  return index === -1 ? order.length : index;
}

function notFound(
  image: ImageRef,
  sources: readonly ImageSource[],
  failures: readonly RackError[],
): RackError {
  const places = sources.flatMap((source) =>
    source.kind === 'directory'
      ? [join(source.path, image.file)]
      : placesOf(source, image).map(({ label }) => label),
  );
  return new RackError(
    'E_IMAGE_NOT_FOUND',
    `cannot find the image "${image.file}": looked for ${places.join(', ')}`,
    {
      hint: 'put the file there; it is looked for again at a later pass',
      cause: failures[0],
    },
  );
}
