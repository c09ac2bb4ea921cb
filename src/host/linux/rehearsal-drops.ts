/**
 * What leaves the writable layer at the swap, in the view of a rehearsal: nothing of a lower layer can be uncovered, so what would be seen is copied over it. Writes to the view only, each entry by its name in a
 * directory that is held; nobody uses the view yet.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { heldPath, holdDirectory, O_PATH } from '../../kernel/index.js';
import { bytesOfText } from '../../lib/index.js';
import { asidePath, type HostPath, isReplaced, type Layout, type ShadowDrop } from '../../model/index.js';
import type { Leaving } from '../ports.js';
import { copyEntryInto } from './merge-layers.js';
import { has, isOpaque, namesIn } from './merged-entries.js';

/** Root directories, held; `layer`: the one that is written to, or its copy. */
interface Roots {
  readonly view: number;
  readonly layer: number;
  readonly image: number;
}

/** Directories at one path, held. */
type Level = Roots;

/** `view`: where it is mounted. What replaces files was made before. Errors: those of the file system, as when there is no space. */
export async function dropInView(
  paths: { readonly view: HostPath; readonly layer: HostPath; readonly image: HostPath },
  { layout, rack, leaving }: { readonly layout: Layout; readonly rack: string; readonly leaving: Leaving },
): Promise<void> {
  const held: number[] = [];
  const hold = (path: string): number => {
    const fd = openSync(path, O_PATH | constants.O_DIRECTORY);
    held.push(fd);
    return fd;
  };
  try {
    const roots: Roots = { view: hold(paths.view), layer: hold(paths.layer), image: hold(paths.image) };
    const made = leaving.drops.some(isReplaced) ? hold(asidePath(layout, rack, leaving.id)) : null;
    for (const [index, drop] of leaving.drops.entries()) await dropOne(roots, made, index, drop);
  } finally {
    for (const fd of held) closeSync(fd);
  }
}

async function dropOne(roots: Roots, made: number | null, index: number, drop: ShadowDrop): Promise<void> {
  const path = bytesOfText(drop.path.slice(1));
  if (drop.how === 'opaque') return await atLevel(roots, path, uncover);
  const slash = path.lastIndexOf('/');
  const above = slash === -1 ? Buffer.from('.') : path.subarray(0, slash);
  const name = path.subarray(slash + 1);
  const view = holdDirectory(roots.view, above);
  const image = holdDirectory(roots.image, above);
  try {
    if (view === null) return;
    await rm(Buffer.concat([Buffer.from(`${heldPath(view)}/`), name]), { recursive: true, force: true });
    if (!isReplaced(drop)) {
      if (image !== null) await copyEntryInto(image, name, view, name);
    } else if (made !== null) await copyEntryInto(made, Buffer.from(`${index}.put`), view, name);
  } finally {
    for (const fd of [view, image]) if (fd !== null) closeSync(fd);
  }
}

/** What the image has in the directory and the layer hides as a whole is seen, except where a directory in it hides by itself. */
async function uncover(level: Level): Promise<void> {
  for await (const name of namesIn(level.image)) {
    if (!has(level.view, name)) await copyEntryInto(level.image, name, level.view, name);
    else
      await atLevel(level, name, async (below) => (isOpaque(below.layer) ? undefined : await uncover(below)));
  }
}

/** Nothing happens where one of the three has no directory at the path: the image is seen there, or is to be hidden. */
async function atLevel(roots: Roots, path: Buffer, work: (level: Level) => Promise<void>): Promise<void> {
  const held = [roots.view, roots.layer, roots.image].map((root) => holdDirectory(root, path));
  const [view, layer, image] = held;
  try {
    if (typeof view === 'number' && typeof layer === 'number' && typeof image === 'number')
      await work({ view, layer, image });
  } finally {
    for (const fd of held) if (fd !== null) closeSync(fd);
  }
}
