/**
 * Walks the writable layers of a rack, as they are merged, beside two images, and tells the facts about each path that they have something at. Only directories that one of the images has are
 * gone into: in all others there is nothing to hide, however much the service wrote. Takes the memory of the images' directories, not of what the service wrote.
 */
import { closeSync } from 'node:fs';
import { hasXattrs, heldPath, holdEntry, isKernelError, listXattrs } from '../../kernel/index.js';
import { textOfBytes } from '../../lib/index.js';
import type { ShadowFacts } from '../../model/index.js';
import {
  directoryIn,
  entriesIn,
  has,
  isOpaque,
  type MergedDirectory,
  type MergedEntry,
  namesIn,
} from './merged-entries.js';
import { type Place, pathOf, placeIn } from './place.js';
import { type Held, heldEntry, isSameTree, sameness, samenesses, type Tick } from './same-entry.js';
import {
  closeOpened,
  type ImageDirectory,
  imageDirectory,
  type Left,
  type Opened,
  openLeft,
  positionOf,
  type Roots,
} from './shadow-directory.js';

/** No path that a service can give a name at once has more directories. */
const maxDepth = 2_048;
/** Hidden entries of a directory that are named. */
const namedHidden = 3;
/** Attributes of overlay features that rackops never uses: they tie a layer to one image. */
const features = ['trusted.overlay.redirect', 'trusted.overlay.metacopy', 'trusted.overlay.whiteout'];

export interface Met {
  readonly place: Place;
  /** Index of the newest layer that has it. */
  readonly layer: number;
  readonly facts: ShadowFacts;
}

export interface Look {
  /** May throw to end the walk. */
  readonly tick: Tick;
  /** Called now and then; lets others have their turn. */
  readonly rest: () => Promise<void>;
  /** False for what is not to be looked at, nor what is in it. */
  readonly isSeen: (place: Place) => boolean;
  /** What could not be looked at; it is left out. */
  readonly unreadable: (error: unknown) => void;
}

/** Parents before what is in them. Must be ended (`for await` does). Errors: those of `tick`. */
export async function* shadowFacts(roots: Roots, look: Look): AsyncGenerator<Met, void, void> {
  const left: Left[] = [];
  const top: Opened = {
    merged: { sources: roots.layers.map((fd, index) => ({ fd, index })), covers: false },
    covers: [],
    running: await imageDirectory(roots.running),
    next: await imageDirectory(roots.next),
  };
  yield* inDirectory(top, null, left, look);
  for (let within = left.pop(); within !== undefined; within = left.pop()) {
    const opened = await openLeft(roots, within).catch((error: unknown) => {
      look.unreadable(error);
      return null;
    });
    if (opened === null) continue;
    try {
      yield* inDirectory(opened, within.place, left, look);
    } finally {
      closeOpened(opened);
    }
  }
}

async function* inDirectory(
  opened: Opened,
  within: Place | null,
  left: Left[],
  look: Look,
): AsyncGenerator<Met, void, void> {
  const shared: { readonly entry: MergedEntry; readonly position: number }[] = [];
  try {
    for await (const entry of entriesIn(opened.merged)) {
      look.tick();
      const position = positionOf(opened, entry.name);
      const place = placeIn(within, entry.name);
      if (position !== null) shared.push({ entry, position });
      else if (look.isSeen(place))
        yield {
          place,
          layer: entry.index,
          facts: { ...alone, upper: entry.kind, feature: featureAt(entry) },
        };
    }
    // In the order of the image: squashfs finds a name much sooner after its neighbour, which saves a third of all this.
    shared.sort((one, other) => one.position - other.position);
    for (const { entry } of shared) {
      look.tick();
      const place = placeIn(within, entry.name);
      if (!look.isSeen(place)) continue;
      await look.rest();
      const met = await meet(opened, entry, place, left, look).catch((error: unknown) => {
        look.tick();
        look.unreadable(error);
        return null;
      });
      if (met !== null) yield met;
    }
  } catch (error) {
    // Time that is over ends the walk; a directory that cannot be read does not.
    look.tick();
    look.unreadable(error);
  }
}

async function meet(
  opened: Opened,
  entry: MergedEntry,
  place: Place,
  left: Left[],
  look: Look,
): Promise<Met | null> {
  const held: number[] = [];
  const name = entry.name.toString('latin1');
  const inImage = (directory: ImageDirectory | null): Held | null => {
    const fd = directory?.names.has(name) === true ? holdEntry(directory.fd, entry.name) : null;
    if (fd === null) return null;
    held.push(fd);
    return heldEntry(fd);
  };
  try {
    const fd = holdEntry(entry.directory, entry.name);
    if (fd === null) return null;
    held.push(fd);
    const upper = heldEntry(fd);
    const [running, next] = [inImage(opened.running), inImage(opened.next)];
    const leave = leaveOf(opened, entry, upper.kind === 'directory' && isOpaque(fd));
    const hidden =
      upper.kind === 'directory'
        ? await intoDirectory(opened, entry, place, next, running, leave, left)
        : nothing;
    const facts = {
      upper: upper.kind,
      running: running?.kind ?? null,
      next: next?.kind ?? null,
      ...(await samenesses(upper, running, next, look.tick)),
      ...(await hiddenSameness(upper, running, next, look.tick)),
      hidden,
      feature: featureOf(upper),
      leave,
    };
    return { place, layer: entry.index, facts };
  } finally {
    for (const fd of held) closeSync(fd);
  }
}

/** The layer that is written to is the first. */
function leaveOf(
  { merged: { sources }, covers }: Opened,
  { name, index }: MergedEntry,
  opaque: boolean,
): ShadowFacts['leave'] {
  return {
    written: index === 0,
    sealed: sources.some((source) => source.index > 0 && (source.index === index || has(source.fd, name))),
    opaque,
    covers,
  };
}

const nothing: ShadowFacts['hidden'] = { count: 0, names: [] };

/** What neither image has anything at. */
const alone: Omit<ShadowFacts, 'upper' | 'feature'> = {
  running: null,
  next: null,
  upperRunning: null,
  upperNext: null,
  runningNext: null,
  hidden: nothing,
  leave: { written: true, sealed: false, opaque: false, covers: [] },
};

/** Remembers the directory, and finds what it hides as a whole. */
async function intoDirectory(
  { merged, covers }: Opened,
  { name }: MergedEntry,
  place: Place,
  next: Held | null,
  running: Held | null,
  { written, sealed, opaque }: ShadowFacts['leave'],
  left: Left[],
): Promise<ShadowFacts['hidden']> {
  const isIn = (image: Held | null): boolean => image?.kind === 'directory';
  // What lies on something that is no directory there is one shadow, with all that is in it.
  if (!(isIn(next) || (next === null && isIn(running)))) return nothing;
  const directory = directoryIn(merged, name);
  try {
    const sources = directory.sources.map(({ index }) => index);
    const isCover = opaque || (directory.covers && !merged.covers);
    const opens = opaque && written && !sealed;
    const within = isCover ? [...covers, { path: `/${textOfBytes(pathOf(place))}`, opens }] : covers;
    if (place.depth < maxDepth) left.push({ place, sources, covers: within });
    return next !== null && directory.covers ? await hiddenIn(directory, next) : nothing;
  } finally {
    for (const { fd } of directory.sources) closeSync(fd);
  }
}

async function hiddenIn({ sources }: MergedDirectory, next: Held): Promise<ShadowFacts['hidden']> {
  const names: string[] = [];
  let count = 0;
  for await (const name of namesIn(next.fd)) {
    if (sources.some(({ fd }) => has(fd, name))) continue;
    count++;
    if (names.length < namedHidden) names.push(textOfBytes(name));
  }
  return { count, names };
}

/** Two directories under something that is none are compared with all that is in them: it is all hidden. */
async function hiddenSameness(upper: Held, running: Held | null, next: Held | null, tick: Tick) {
  if (upper.kind === 'directory' || next?.kind !== 'directory') return {};
  const found = await sameness(running, next, tick);
  if (found === null || running === null) return {};
  return { runningNext: { ...found, content: await isSameTree(running, next, tick) } };
}

function featureOf({ kind, xattrs }: Held): string | null {
  if (kind !== 'file' && kind !== 'directory') return null;
  return xattrs().find((name) => features.includes(name)) ?? null;
}

/**
 * Of what only the service has, without holding it. Not of its files, of which there are millions: each takes a call, and what a layer brings from elsewhere was looked at when it was taken up
 * (writable-layer.ts). What went meanwhile has none.
 */
function featureAt({ directory, name, kind }: MergedEntry): string | null {
  if (kind !== 'directory') return null;
  const path = Buffer.concat([Buffer.from(`${heldPath(directory)}/`), name]);
  try {
    return hasXattrs(path) ? (listXattrs(path).find((found) => features.includes(found)) ?? null) : null;
  } catch (error) {
    if (isKernelError(error, 'ENOENT')) return null;
    throw error;
  }
}
