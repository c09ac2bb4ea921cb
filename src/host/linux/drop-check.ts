/**
 * May these entries leave the layer that is written to, and would the image's be seen then? Reads only. What lies in a sealed layer stays there for good, and what is in an opaque directory uncovers
 * nothing; both are said instead of done in vain.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { holdEntry, O_PATH } from '../../kernel/index.js';
import { bytesOfText, textOfBytes } from '../../lib/index.js';
import {
  isReplaced,
  type LayerStack,
  type Layout,
  layerPath,
  layersOf,
  RackError,
  type ResetManner,
  type ShadowDrop,
  shownNothing,
} from '../../model/index.js';
import { entryNames } from './entry-path.js';
import { directoryIn, has, isOpaque, type MergedDirectory } from './merged-entries.js';

interface Question {
  readonly layout: Layout;
  readonly rack: string;
  readonly stack: LayerStack;
  /** For messages. */
  readonly verb: 'reset' | 'drop';
}

/** Of a person; `running`: root directory of the running image, held. */
interface Wish {
  readonly paths: readonly string[];
  readonly manner: ResetManner;
  readonly running: number;
}

/** As of `Shadows.drops`. */
export function dropsOf(
  place: Omit<Question, 'verb'>,
  { paths, manner, running }: Wish,
): readonly ShadowDrop[] {
  const question: Question = { ...place, verb: 'reset' };
  return withLayers(question, (root) => {
    const drops = paths.map((path) => ({ path, how: howOf(question, root, path, manner) }));
    if (manner === 'plain') for (const path of paths) refuseState(question, running, path);
    // What is in an opaque directory is seen again only once that one is opaque no more.
    const ordered = [...drops].sort((a, b) => a.path.split('/').length - b.path.split('/').length);
    for (const drop of ordered) checkOne(question, root, drop, ordered);
    return ordered;
  });
}

/** As of `Shadows.checkDrops`. */
export function checkDrops(place: Omit<Question, 'verb'>, drops: readonly ShadowDrop[]): void {
  const question: Question = { ...place, verb: 'drop' };
  withLayers(question, (root) => {
    for (const drop of drops) checkOne(question, root, drop, drops);
  });
}

function withLayers<T>({ layout, rack, stack }: Question, work: (root: MergedDirectory) => T): T {
  const sources: { fd: number; index: number }[] = [];
  try {
    for (const [index, layer] of layersOf(stack).entries())
      sources.push({ fd: openSync(layerPath(layout, rack, layer), O_PATH | constants.O_DIRECTORY), index });
    return work({ sources, covers: false });
  } finally {
    for (const { fd } of sources) closeSync(fd);
  }
}

function howOf(
  question: Question,
  root: MergedDirectory,
  path: string,
  manner: ResetManner,
): 'entry' | 'opaque' | 'refresh' {
  return within(question, root, path, ({ directory, name }) => {
    if (manner === 'refresh') {
      if (isTopFile(directory, name)) return 'refresh';
      throw refused(question, path, 'it is no regular file', ['have it set aside as it is']);
    }
    const found = directoryIn(directory, name);
    try {
      const top = found.sources.find(({ index }) => index === 0);
      if (top === undefined || manner === 'whole') return 'entry';
      if (isOpaque(top.fd)) return 'opaque';
      throw refused(question, path, 'it is a directory, and hides nothing of the image as a whole', [
        'name what is in it, or add --whole to set it aside with all that the service wrote there',
      ]);
    } finally {
      for (const { fd } of found.sources) closeSync(fd);
    }
  });
}

/** What the service has made is no shadow: nothing would be seen in its place. */
function refuseState(question: Question, running: number, path: string): void {
  const fd = holdEntry(running, bytesOfText(path.slice(1)));
  if (fd !== null) {
    closeSync(fd);
    return;
  }
  throw refused(
    question,
    path,
    "only the service has something there, so that no file of the image's would be seen",
    ['add --whole to have it set aside all the same'],
  );
}

/** In the layer that is written to. */
function isTopFile(within: MergedDirectory, name: Buffer): boolean {
  return isAtTop(within, name, (fd) => fstatSync(fd).isFile());
}

/** A directory of the layer that is written to, opaque itself. */
function isOpaqueTop(within: MergedDirectory, name: Buffer): boolean {
  return isAtTop(within, name, (fd) => fstatSync(fd).isDirectory() && isOpaque(fd));
}

function isAtTop({ sources }: MergedDirectory, name: Buffer, is: (fd: number) => boolean): boolean {
  const top = sources.find(({ index }) => index === 0);
  const fd = top === undefined ? null : holdEntry(top.fd, name);
  if (fd === null) return false;
  try {
    return is(fd);
  } finally {
    closeSync(fd);
  }
}

function checkOne(
  question: Question,
  root: MergedDirectory,
  drop: ShadowDrop,
  drops: readonly ShadowDrop[],
): void {
  const { path } = drop;
  within(question, root, path, ({ directory, name, coveredBy }) => {
    // What lies below it does not matter: something lies on it again.
    if (isReplaced(drop)) return;
    const sealed = directory.sources.find(({ fd, index }) => index > 0 && has(fd, name));
    if (sealed !== undefined) {
      const layer = layersOf(question.stack)[sealed.index];
      throw refused(
        question,
        path,
        `sealed layer ${layer} has it too, and nobody writes to that one any more`,
        ['change the file in the rack instead'],
      );
    }
    if (drop.how === 'opaque' && !isOpaqueTop(directory, name))
      throw refused(question, path, 'it is no directory that hides what the image has in it', []);
    const closed = coveredBy.filter((cover) => !drops.some((other) => other.path === cover));
    if (closed.length > 0)
      throw refused(question, path, closed.map((cover) => shownNothing(`"${cover}"`)).join(', '), [
        `reset them together: rackops shadow reset ${question.rack} ${[...closed, path].join(' ')}`,
      ]);
  });
}

interface Within {
  /** That the path's last name is in. */
  readonly directory: MergedDirectory;
  readonly name: Buffer;
  /** Directories on the way that show nothing of what lies below them, each by itself. */
  readonly coveredBy: readonly string[];
}

/** Error: E_SHADOW_RESET when the layer that is written to has nothing there. */
function within<T>(question: Question, root: MergedDirectory, path: string, work: (found: Within) => T): T {
  const names = entryNames(path);
  const name = names?.at(-1);
  if (names === null || name === undefined)
    throw refused(question, path, 'it is no plain path from the root of the rack', [
      'write it as the report does',
    ]);
  const opened: MergedDirectory[] = [];
  let directory = root;
  const coveredBy: string[] = [];
  let at = '';
  try {
    for (const above of names.slice(0, -1)) {
      at = `${at}/${textOfBytes(above)}`;
      directory = directoryIn({ ...directory, covers: false }, above);
      opened.push(directory);
      if (directory.covers) coveredBy.push(at);
    }
    const top = directory.sources.find(({ index }) => index === 0);
    if (top === undefined || !has(top.fd, name)) {
      const layer = directory.sources.find(({ fd }) => has(fd, name))?.index;
      const where = layer === undefined ? undefined : layersOf(question.stack)[layer];
      throw where === undefined
        ? refused(question, path, "its writable layer has nothing there: the image's is seen already", [])
        : refused(question, path, `it lies in sealed layer ${where}, which nobody writes to any more`, [
            'change the file in the rack instead',
          ]);
    }
    return work({ directory, name, coveredBy });
  } finally {
    for (const { sources } of opened) for (const { fd } of sources) closeSync(fd);
  }
}

function refused({ rack, verb }: Question, path: string, why: string, hints: readonly string[]): RackError {
  const [hint = `see: rackops shadow ${rack}`] = hints;
  return new RackError('E_SHADOW_RESET', `cannot ${verb} "${path}" of "${rack}": ${why}`, { rack, hint });
}
