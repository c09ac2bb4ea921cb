/**
 * Makes the files that take the place of entries which are set aside: the new image's content with the face of the layer's file, or a merge of both. Before the stop, beside the layers, so that in the gap
 * there is nothing to be copied and no space to be missed.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { holdEntry, O_PATH, openHeld, setTimes } from '../../kernel/index.js';
import { bytesOfText } from '../../lib/index.js';
import {
  isReplaced,
  layerPath,
  mergedFace,
  mergeRefusal,
  RackError,
  type ShadowDrop,
  type ShadowMerge,
} from '../../model/index.js';
import { type Aside, asideDirectory, replacementPath } from './aside-directory.js';
import { type Copying, copyData, copying } from './copy-data.js';
import { heldFace, putFace } from './face.js';
import { needSpace } from './free-space.js';
import {
  discardReplacements,
  putOf,
  type Replacement,
  readReplacements,
  seenOf,
  writeReplacements,
} from './replacements.js';
import { isNoticed } from './same-entry.js';

/** Root directories of the two images, held. */
export interface ImageRoots {
  readonly running: number;
  readonly next: number;
}

export type MergeDrop = Extract<ShadowDrop, { readonly how: 'merge' }>;

export interface Making {
  readonly aside: Aside;
  /** Opens the images for as long as `work` takes; asked only when something is refreshed. */
  readonly withImages: (work: (images: ImageRoots) => Promise<void>) => Promise<void>;
  readonly merge: (drop: MergeDrop) => Promise<ShadowMerge>;
  readonly signal: AbortSignal;
}

/** As of `Shadows.prepareAside`. */
export async function makeReplacements(making: Making, drops: readonly ShadowDrop[]): Promise<void> {
  const { aside, signal } = making;
  const wanted = [...drops.entries()].filter(([, drop]) => isReplaced(drop));
  if (wanted.length === 0 || (await readReplacements(aside)) !== null) return;
  // What an interrupted one left has no list, so nobody relies on it.
  await discardReplacements(aside);
  await mkdir(asideDirectory(aside), { recursive: true, mode: 0o700 });
  const layer = openSync(
    layerPath(aside.layout, aside.rack, aside.stack.layer),
    O_PATH | constants.O_DIRECTORY,
  );
  try {
    const made: Record<string, Replacement> = {};
    for (const [index, drop] of wanted)
      if (drop.how === 'merge') made[index] = await makeMerged(making, layer, index, drop);
    const refreshed = wanted.filter(([, { how }]) => how === 'refresh');
    const copy = copying(signal);
    if (refreshed.length > 0)
      await making.withImages(async (images) => {
        for (const [index, drop] of refreshed)
          made[index] = await makeRefreshed(aside, { ...images, layer }, copy, index, drop.path);
      });
    await writeReplacements(aside, made);
  } finally {
    closeSync(layer);
  }
}

async function makeMerged(
  { aside, merge, signal }: Making,
  layer: number,
  index: number,
  drop: MergeDrop,
): Promise<Replacement> {
  signal.throwIfAborted();
  const mine = hold(layer, drop.path, aside.rack, 'the writable layer');
  try {
    // Before it is read: who writes to it from now on changes its ctime.
    const seen = seenOf(mine);
    const merged = await merge(drop);
    const refusal = mergeRefusal(aside.rack, drop.path, merged);
    if (refusal !== null) throw refusal;
    return await makeFile(aside, index, seen, async (target, path) => {
      await target.writeFile(merged.text);
      await putFace(path, heldFace(mine, isNoticed));
    });
  } finally {
    closeSync(mine);
  }
}

async function makeRefreshed(
  aside: Aside,
  { layer, running, next }: ImageRoots & { readonly layer: number },
  copy: Copying,
  index: number,
  path: string,
): Promise<Replacement> {
  copy.signal.throwIfAborted();
  const held: number[] = [];
  const holding = (root: number, where: string): number => {
    const fd = hold(root, path, aside.rack, where);
    held.push(fd);
    return fd;
  };
  try {
    const mine = holding(layer, 'the writable layer');
    const seen = seenOf(mine);
    const base = holding(running, 'the running image');
    const theirs = holding(next, 'the new image');
    const [a, b, c] = [mine, base, theirs].map((fd) => heldFace(fd, isNoticed));
    if (a === undefined || b === undefined || c === undefined) throw new Error('internal error: no face');
    const { size, atimeNs, mtimeNs } = fstatSync(theirs, { bigint: true });
    await needSpace(aside.layout.readwrite, Number(size), noSpace);
    return await makeFile(aside, index, seen, async (target, at) => {
      const source = await openHeld(theirs);
      await copyData(source, target, Number(size), copy).finally(() => source.close());
      await putFace(at, mergedFace(a, b, c));
      // What Python compiled beside it is good for the time of the image's file.
      setTimes(at, atimeNs, mtimeNs);
    });
  } finally {
    for (const fd of held) closeSync(fd);
  }
}

const noSpace = 'free some space; it is tried again at the next pass';

/** On disk when it resolves. */
async function makeFile(
  aside: Aside,
  index: number,
  seen: Replacement['seen'],
  fill: (target: FileHandle, path: string) => Promise<void>,
): Promise<Replacement> {
  const path = replacementPath(aside, index);
  const target = await open(path, 'wx', 0o600);
  try {
    await fill(target, path);
    await target.sync();
    return { seen, put: putOf(await target.stat({ bigint: true })) };
  } finally {
    await target.close();
  }
}

/** A regular file, held; the caller closes it. Error: E_SHADOW_RESET. */
function hold(root: number, path: string, rack: string, where: string): number {
  const fd = holdEntry(root, bytesOfText(path.slice(1)));
  if (fd !== null && fstatSync(fd).isFile()) return fd;
  if (fd !== null) closeSync(fd);
  throw new RackError(
    'E_SHADOW_RESET',
    `cannot replace "${path}" of "${rack}": ${where} has no regular file there`,
    { rack, hint: `see: rackops shadow ${rack}` },
  );
}
