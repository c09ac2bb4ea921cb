/**
 * Takes entries out of the layer that is written to, and puts them back: each by one rename within the rack's directory, after a list of all of them is on disk. What takes the place of one comes there by one
 * rename as well. So every moment leaves something that the next call, either way, ends.
 */
import { open, rename, rm, rmdir } from 'node:fs/promises';
import { syncfs } from '../../kernel/index.js';
import { type HostPath, isReplaced, RackError, type ShadowDrop, under } from '../../model/index.js';
import {
  type Aside,
  asideDirectory,
  exists,
  keptPath,
  readList,
  refuseInUse,
  replacementPath,
  writeList,
} from './aside-directory.js';
import { atEntry, inLayer, setOpaque } from './layer-entries.js';
import { ignoreMissing } from './mount-errors.js';
import {
  discardReplacements,
  forgetReplacements,
  isAsPut,
  isAsSeen,
  type Replacement,
  readReplacements,
} from './replacements.js';

const listName = 'entries.json';

interface AsideList {
  readonly format: 1;
  readonly drops: readonly ShadowDrop[];
  /** There once all of it is done: what was left as it was. */
  readonly left?: readonly string[];
}

/** As of `Shadows.setAside`. */
export async function setAside(aside: Aside, drops: readonly ShadowDrop[]): Promise<readonly string[]> {
  const directory = asideDirectory(aside);
  await refuseInUse(aside);
  const replacements = (await readReplacements(aside)) ?? {};
  const known = await readList<AsideList>(directory, listName);
  // What is there now may be the new version's.
  if (known?.left !== undefined) return known.left;
  if (known === null) await writeList(directory, listName, { format: 1, drops } satisfies AsideList);
  const left: string[] = [];
  await inLayer(aside, async (root) => {
    for (const [index, drop] of (known?.drops ?? drops).entries()) {
      const { path, how } = drop;
      if (how === 'opaque') setOpaque(root, path, false);
      else if (!isReplaced(drop)) await takeOut(root, path, keptPath(aside, index));
      else if (await replace(aside, root, index, path, replacements[index])) continue;
      else if (how === 'merge') throw changed(aside.rack, path);
      else left.push(path);
    }
  });
  await sync(directory);
  await writeList(directory, listName, { format: 1, drops: known?.drops ?? drops, left } satisfies AsideList);
  return left;
}

/** With the layers, which are of the same file system: what is remembered elsewhere afterwards, on another one, is true after a power cut. */
async function sync(directory: HostPath): Promise<void> {
  const held = await open(directory, 'r');
  await syncfs(held.fd).finally(() => held.close());
}

async function takeOut(root: number, path: string, kept: string): Promise<void> {
  if (await exists(kept)) return;
  await atEntry(root, path, async (entry) => {
    if (await exists(entry)) await rename(entry, kept);
  });
}

/** False, and nothing is touched: it is not the file any more that its replacement was made from. */
async function replace(
  aside: Aside,
  root: number,
  index: number,
  path: string,
  replacement: Replacement | undefined,
): Promise<boolean> {
  const [kept, put] = [keptPath(aside, index), replacementPath(aside, index)];
  const done = await atEntry(root, path, async (entry) => {
    if (!(await exists(kept))) {
      if (replacement === undefined || !(await isAsSeen(entry, replacement))) return false;
      await rename(entry, kept);
    }
    if (await exists(put)) await rename(put, entry);
    return true;
  });
  return done === true;
}

/** As of `Shadows.putBack`. */
export async function putBack(aside: Aside): Promise<readonly string[]> {
  const directory = asideDirectory(aside);
  const list = await readList<AsideList>(directory, listName);
  if (list === null) {
    await discardReplacements(aside);
    return [];
  }
  await refuseInUse(aside);
  const replacements = await readReplacements(aside);
  const lost: string[] = [];
  await inLayer(aside, async (root) => {
    // The other way round: what is in a directory before the directory.
    for (const [index, { path, how }] of [...list.drops.entries()].reverse()) {
      const kept = keptPath(aside, index);
      if (how === 'opaque') setOpaque(root, path, true);
      else if (await exists(kept)) {
        if (!(await giveBack(root, path, kept, replacements?.[index]))) lost.push(path);
      }
    }
  });
  await sync(directory);
  if (replacements !== null) await forgetReplacements(aside, replacements);
  // It says where what is kept there belongs.
  if (lost.length > 0) return lost;
  await rm(under(directory, listName));
  // What the new version wrote in the place of something stays there.
  await rmdir(directory).catch(ignoreMissing);
  return [];
}

/** False when the directory that it was in is gone. What lies in its place is kept as well, unless it is the replacement as we made it: there is another one where that came from. */
async function giveBack(
  root: number,
  path: string,
  kept: string,
  replacement: Replacement | undefined,
): Promise<boolean> {
  const done = await atEntry(root, path, async (entry) => {
    const isOurs = replacement !== undefined && (await isAsPut(entry, replacement));
    if (!isOurs && (await exists(entry))) await rename(entry, `${kept}.new`);
    await rename(kept, entry);
    return true;
  });
  return done === true;
}

/** As of `Shadows.discardAside`. */
export async function discardAside(aside: Omit<Aside, 'stack'>): Promise<void> {
  if ((await readList(asideDirectory(aside), listName)) === null) await discardReplacements(aside);
}

function changed(rack: string, path: string): RackError {
  return new RackError(
    'E_SHADOW_CHANGED',
    `cannot replace "${path}" of "${rack}": it changed while the merge was made`,
    { rack, hint: 'try again, when nobody writes to it' },
  );
}
