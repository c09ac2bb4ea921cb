/**
 * May these entries leave the layer that is written to, and would the image's be seen then? Reads only. What lies in a sealed layer stays there for good, and what is in an opaque directory uncovers
 * nothing; both are said instead of done in vain.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { holdEntry, O_PATH } from '../../kernel/index.js';
import { bytesOfText } from '../../lib/index.js';
import {
  isReplaced,
  type LayerStack,
  type Layout,
  layerPath,
  layersOf,
  RackError,
  type ResetManner,
  type ShadowDrop,
} from '../../model/index.js';
import { directoryIn, has, isOpaque, type MergedDirectory } from './merged-entries.js';

interface Question {
  readonly layout: Layout;
  readonly rack: string;
  readonly stack: LayerStack;
}

/** As of `Shadows.drops`. */
export function dropsOf(
  question: Question,
  paths: readonly string[],
  manner: ResetManner,
): readonly ShadowDrop[] {
  return withLayers(question, (root) => {
    const drops = paths.map((path) => ({ path, how: howOf(question, root, path, manner) }));
    // What is in an opaque directory is seen again only once that one is opaque no more.
    const ordered = [...drops].sort((a, b) => a.path.split('/').length - b.path.split('/').length);
    for (const drop of ordered) checkOne(question, root, drop, ordered);
    return ordered;
  });
}

/** As of `Shadows.checkDrops`. */
export function checkDrops(question: Question, drops: readonly ShadowDrop[]): void {
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

/** In the layer that is written to. */
function isTopFile({ sources }: MergedDirectory, name: Buffer): boolean {
  const top = sources.find(({ index }) => index === 0);
  const fd = top === undefined ? null : holdEntry(top.fd, name);
  if (fd === null) return false;
  try {
    return fstatSync(fd).isFile();
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
    const isOpened = drops.some((drop) => drop.path === coveredBy);
    if (coveredBy !== null && !isOpened)
      throw refused(question, path, `"${coveredBy}" shows nothing of the image`, [
        `reset that one: rackops shadow reset ${question.rack} ${coveredBy}`,
      ]);
  });
}

interface Within {
  /** That the path's last name is in. */
  readonly directory: MergedDirectory;
  readonly name: Buffer;
  /** The topmost directory on the way that shows nothing of the image. */
  readonly coveredBy: string | null;
}

/** Error: E_SHADOW_RESET when the layer that is written to has nothing there. */
function within<T>(question: Question, root: MergedDirectory, path: string, work: (found: Within) => T): T {
  const names = path.split('/').slice(1);
  const last = names.pop() ?? '';
  if (!path.startsWith('/') || [...names, last].some((name) => ['', '.', '..'].includes(name)))
    throw refused(question, path, 'it is no plain path from the root of the rack', [
      'write it as the report does',
    ]);
  const opened: MergedDirectory[] = [];
  let directory = root;
  let coveredBy: string | null = null;
  try {
    for (const [index, name] of names.entries()) {
      directory = directoryIn(directory, bytesOfText(name));
      opened.push(directory);
      if (directory.covers) coveredBy ??= `/${names.slice(0, index + 1).join('/')}`;
    }
    const name = bytesOfText(last);
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

function refused({ rack }: Question, path: string, why: string, hints: readonly string[]): RackError {
  const [hint = `see: rackops shadow ${rack}`] = hints;
  return new RackError('E_SHADOW_RESET', `cannot reset "${path}" of "${rack}": ${why}`, { rack, hint });
}
