/** Directories of a look at shadows: the same one in the layers, merged, and in the two images, held while it is gone into. */
import { closeSync } from 'node:fs';
import { holdDirectory } from '../../kernel/index.js';
import type { ShadowCover } from '../../model/index.js';
import { type MergedDirectory, namesIn } from './merged-entries.js';
import { type Place, pathOf } from './place.js';

/** Root directories, held: of the layers, newest first, and of the two images. */
export interface Roots {
  readonly layers: readonly number[];
  readonly running: number;
  readonly next: number;
}

/** A directory to be gone into; opened again by its path, so that hardly any descriptor is open. */
export interface Left {
  readonly place: Place;
  readonly sources: readonly number[];
  readonly covers: readonly ShadowCover[];
}

/** A directory that is gone into; the images' are null where they have none there. */
export interface Opened {
  readonly merged: MergedDirectory;
  /** Itself and those that it is in, as of `ShadowLeave`. */
  readonly covers: readonly ShadowCover[];
  readonly running: ImageDirectory | null;
  readonly next: ImageDirectory | null;
}

/** Of an image, held. */
export interface ImageDirectory {
  readonly fd: number;
  /** What is in it and at which place, as latin1: read once, because asking for a name that is not there costs as much as ten that are, and most of what services write is in no image. */
  readonly names: ReadonlyMap<string, number>;
}

/** Where one of the images has the name in its directory; null for neither. */
export function positionOf({ running, next }: Opened, bytes: Buffer): number | null {
  const name = bytes.toString('latin1');
  return next?.names.get(name) ?? running?.names.get(name) ?? null;
}

/** Nothing is open when it throws. Errors: those of the file system. */
export async function openLeft(roots: Roots, { place, sources, covers }: Left): Promise<Opened> {
  const path = pathOf(place);
  const held: number[] = [];
  const hold = (root: number | undefined): number | null => {
    const fd = root === undefined ? null : holdDirectory(root, path);
    if (fd !== null) held.push(fd);
    return fd;
  };
  try {
    const found = sources.flatMap((index) => {
      const fd = hold(roots.layers[index]);
      return fd === null ? [] : [{ fd, index }];
    });
    return {
      merged: { sources: found, covers: covers.length > 0 },
      covers,
      running: await imageDirectory(hold(roots.running)),
      next: await imageDirectory(hold(roots.next)),
    };
  } catch (error) {
    for (const fd of held) closeSync(fd);
    throw error;
  }
}

/** Null for none. Its descriptor stays the caller's when this throws. Errors: those of the file system. */
export async function imageDirectory(fd: number | null): Promise<ImageDirectory | null> {
  if (fd === null) return null;
  const names = new Map<string, number>();
  for await (const name of namesIn(fd)) names.set(name.toString('latin1'), names.size);
  return { fd, names };
}

export function closeOpened({ merged, running, next }: Opened): void {
  for (const { fd } of merged.sources) closeSync(fd);
  for (const image of [running, next]) if (image !== null) closeSync(image.fd);
}
