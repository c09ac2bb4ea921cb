/**
 * Every entry below a directory, as it is at that moment. The one walk over what services write: each directory is opened by its path, from the top or from one of a few that are held on
 * the way down, without following any link, so that one put in its place meanwhile leads nowhere, and hardly any stays open while those in it are walked, however deep they are. Reads no
 * content.
 */
import { closeSync, constants, openSync, type Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { heldPath, holdDirectory, O_PATH } from '../../kernel/index.js';
import { escapeControl, shorten } from '../../lib/index.js';
import { RackError } from '../../model/index.js';
import { type Place, pathOf, placeIn } from './place.js';

/** No service has use for so many directories in one another. */
const maxDepth = 10_000;
/** One of so many on the way down is held: without, a tree of twice the depth would take four times as long. */
const heldEvery = 256;

export interface Entry {
  /** From the directory that is walked, without a slash at its beginning; longer than a path of the kernel in a deep tree. As bytes: what services write need not be UTF-8. */
  readonly path: Buffer;
  /** A path that leads to the entry until the next one is asked for; a link at its end is the entry. */
  readonly at: Buffer;
  readonly stat: Stats;
}

/**
 * Those of a directory one after the other, then those below; a file with several names as often. What goes meanwhile is left out. `unreadable` is told what cannot be read for any other
 * reason (E_LAYER_DEPTH: ten thousand directories in one another), and may throw; it is left out. Must be ended (`for await` does): directories are open meanwhile.
 */
export async function* walk(
  directory: string,
  unreadable: (error: unknown) => void = () => {},
): AsyncGenerator<Entry, void, void> {
  const root = attempt(() => openSync(directory, O_PATH | constants.O_DIRECTORY), unreadable);
  if (root === null) return;
  const way = new Way(root);
  try {
    const left: (Place | null)[] = [null];
    for (let within = left.pop(); within !== undefined; within = left.pop()) {
      const below: Place[] = [];
      for await (const entry of entriesOf(way, within, unreadable)) {
        if (entry.stat.isDirectory()) below.push(entry.place);
        yield entry;
      }
      // One by one: there may be more than a call takes arguments.
      for (const place of below.reverse()) left.push(place);
    }
  } finally {
    way.close();
    closeSync(root);
  }
}

async function* entriesOf(
  way: Way,
  within: Place | null,
  unreadable: (error: unknown) => void,
): AsyncGenerator<Entry & { readonly place: Place }, void, void> {
  if (within !== null && within.depth > maxDepth)
    return unreadable(new RackError('E_LAYER_DEPTH', depthText(pathOf(within), maxDepth)));
  const fd = attempt(() => way.open(within), unreadable);
  if (fd === null) return;
  try {
    const found = await readdir(heldPath(fd), 'buffer').catch((error) => tell(error, unreadable));
    for (const name of found ?? []) {
      const at = Buffer.concat([Buffer.from(`${heldPath(fd)}/`), name]);
      const stat = await lstat(at).catch((error) => tell(error, unreadable));
      if (stat !== null) yield new Met(placeIn(within, name), at, stat);
    }
  } finally {
    closeSync(fd);
  }
}

/** The directories that are held on the way from the top to where the walk is. */
class Way {
  readonly #held: { readonly place: Place; readonly fd: number }[] = [];

  constructor(readonly root: number) {}

  /** As of holdDirectory. */
  open(place: Place | null): number | null {
    let held = place?.above ?? null;
    while (held !== null && held.depth % heldEvery !== 0) held = held.above;
    const from = held === null ? this.root : this.#hold(held);
    return from === null ? null : holdDirectory(from, pathOf(place, held));
  }

  close(from = 0): void {
    for (const { fd } of this.#held.splice(from)) closeSync(fd);
  }

  #hold(place: Place): number | null {
    const index = place.depth / heldEvery - 1;
    const known = this.#held[index];
    if (known?.place === place) return known.fd;
    const fd = this.open(place);
    if (fd === null) return null;
    this.close(index);
    this.#held.push({ place, fd });
    return fd;
  }
}

/** Most who walk never ask for the path, which is long where the tree is deep. */
class Met implements Entry {
  constructor(
    readonly place: Place,
    readonly at: Buffer,
    readonly stat: Stats,
  ) {}

  get path(): Buffer {
    return pathOf(this.place);
  }
}

function attempt(open: () => number | null, unreadable: (error: unknown) => void): number | null {
  try {
    return open();
  } catch (error) {
    return tell(error, unreadable);
  }
}

function tell(error: unknown, unreadable: (error: unknown) => void): null {
  const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (!isGone) unreadable(error);
  return null;
}

/** For messages: where it is too deep, shortened. */
export function depthText(path: Buffer, limit: number): string {
  return `"/${escapeControl(shorten(path.toString(), 80))}" is more than ${limit} directories deep`;
}
