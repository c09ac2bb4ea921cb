/** Image files on the command line: which file is meant, and where a new one goes. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type HostPath, hostPath, isImageFile, RackError } from '../model/index.js';
import { usageError } from './globals.js';
import type { Program } from './program.js';

export interface ImagePlace {
  readonly directory: HostPath;
  /** Plain name, as in a definition. */
  readonly file: string;
}

/**
 * The file that `text` names: a path, or a name that is looked for here and then in this host's image sources. Only a name that is not here needs the host's configuration. Errors: E_IMAGE_NOT_FOUND with the places,
 * those of `openMachine`.
 */
export async function existingImage(program: Program, config: string, text: string): Promise<ImagePlace> {
  const here = resolve(text);
  if (text.includes('/') || existsSync(here)) return placeOf(here);
  const { config: host, layout } = await program.openMachine(config);
  const directories = [...new Set([...host.images.sources, layout.iso])];
  const found = directories.find((directory) => existsSync(join(directory, text)));
  if (found !== undefined) return placeOf(join(found, text));
  throw new RackError(
    'E_IMAGE_NOT_FOUND',
    `cannot find the image "${text}": looked here and in ${directories.join(', ')}`,
    {
      hint: 'name its path',
    },
  );
}

/** Where `--to` puts an image: a name alone goes beside `neighbour`, or here. Error: E_USAGE for what no definition could name. */
export function newImage(text: string, neighbour: ImagePlace | null): ImagePlace {
  const file = basename(text);
  if (!isImageFile(file) || text.endsWith('/'))
    throw usageError(`--to must end in the file name of an image, such as webserver-2.0.iso, not "${text}"`);
  if (text.includes('/') || neighbour === null) return placeOf(resolve(text));
  return { directory: neighbour.directory, file };
}

function placeOf(path: string): ImagePlace {
  return { directory: hostPath(dirname(path)), file: basename(path) };
}
