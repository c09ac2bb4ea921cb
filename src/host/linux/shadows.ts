/**
 * The shadow report: what the writable layers of a rack hide of another image. Reads only, takes no lock, keeps no mount busy; may be asked for while the rack runs, and then tells what it met.
 * Bounded in time and in what it lists; what it counts is exact as far as it came.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { O_PATH } from '../../kernel/index.js';
import { errorMessage, textOfBytes } from '../../lib/index.js';
import {
  type Layout,
  layerPath,
  layersOf,
  RackError,
  type ShadowQuestion,
  type ShadowReport,
  ShadowTally,
} from '../../model/index.js';
import type { Shadows } from '../shadow-port.js';
import { checkDrops, dropsOf } from './drop-check.js';
import type { ImageStore } from './image-store.js';
import { lookIntoImage } from './look-image.js';
import { type ImageRoots, type MergeDrop, makeReplacements } from './make-replacements.js';
import { mergeText } from './merge-text.js';
import { explained } from './mount-errors.js';
import { type Place, pathOf } from './place.js';
import { discardAside, putBack, setAside } from './set-aside.js';
import type { Roots } from './shadow-directory.js';
import { type Look, shadowFacts } from './shadow-look.js';

/** The runtime mounts these in every rack. */
const always: readonly string[] = ['/proc', '/dev', '/sys'];

/** How long others wait for their turn at most, as far as it is ours. */
const turnMs = 10;
/** Whoever waits for a long look wants to see it go on. */
const tellEveryMs = 5_000;

type Side = Pick<ShadowQuestion, 'rack' | 'stack' | 'running' | 'next'>;

/** Thrown to end a walk whose time is over. */
class Over extends Error {}

export function createShadows(layout: Layout, images: Pick<ImageStore, 'openVerified'>): Shadows {
  const withRoots = async <T>(question: Side, work: (roots: Roots) => Promise<T>): Promise<T> => {
    const roots = await openRoots(layout, images, question);
    try {
      return await work(roots);
    } finally {
      for (const fd of [...roots.layers, roots.running, roots.next]) closeSync(fd);
    }
  };
  return {
    report: (question, signal, told = () => {}) =>
      withRoots(question, (roots) => reportOf(question, roots, signal, told)).catch((error: unknown) => {
        if (signal.aborted) throw error;
        throw explained(
          error,
          `cannot see what the writable layer of "${question.rack}" hides`,
          question.rack,
        );
      }),
    merge: (question, path) => withRoots(question, (roots) => mergeText(layout, question.rack, roots, path)),
    drops: async ({ rack, stack, running }, paths, manner) => {
      const root = await lookIntoImage(layout, images, running);
      try {
        return dropsOf({ layout, rack, stack }, { paths, manner, running: root });
      } finally {
        closeSync(root);
      }
    },
    checkDrops: async (rack, stack, drops) => checkDrops({ layout, rack, stack }, drops),
    prepareAside: async (replacing, drops, signal) => {
      const { rack, id, stack } = replacing;
      const making = {
        aside: { layout, rack, id, stack },
        withImages: (work: (images: ImageRoots) => Promise<void>) => withRoots(replacing, work),
        merge: ({ path, next }: MergeDrop) =>
          withRoots({ ...replacing, next }, (roots) => mergeText(layout, rack, roots, path)),
        signal,
      };
      await makeReplacements(making, drops);
    },
    discardAside: (rack, id) => discardAside({ layout, rack, id }),
    setAside: (rack, id, stack, drops) => setAside({ layout, rack, id, stack }, drops),
    putBack: (rack, id, stack) => putBack({ layout, rack, id, stack }),
  };
}

async function openRoots(
  layout: Layout,
  images: Pick<ImageStore, 'openVerified'>,
  { rack, stack, running, next }: Side,
): Promise<Roots> {
  const opened: number[] = [];
  const held = (fd: number): number => {
    opened.push(fd);
    return fd;
  };
  try {
    const layers = layersOf(stack).map((layer) => held(openLayer(layerPath(layout, rack, layer), rack)));
    return {
      layers,
      running: held(await lookIntoImage(layout, images, running)),
      next: held(await lookIntoImage(layout, images, next)),
    };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  }
}

function openLayer(path: string, rack: string): number {
  try {
    return openSync(path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    throw new RackError('E_LAYER_MISSING', `cannot look at the data of "${rack}": ${errorMessage(error)}`, {
      rack,
      hint: 'it is there once the rack was installed; put it back from a backup if it was',
    });
  }
}

async function reportOf(
  question: ShadowQuestion,
  roots: Roots,
  signal: AbortSignal,
  told: (entries: number) => void,
): Promise<ShadowReport> {
  const { stack, policy, timeoutMs, listed } = question;
  const covered = new Set([...always, ...question.covered]);
  // The whole path of each of a million files is asked for only where the last name is one of those.
  const lastNames = new Set([...covered].map((path) => bytesText(Buffer.from(path.split('/').at(-1) ?? ''))));
  const isCovered = (place: Place): boolean =>
    lastNames.has(bytesText(place.name)) && covered.has(pathText(place));
  const layers = layersOf(stack);
  const tally = new ShadowTally(policy, listed);
  const begin = performance.now();
  const until = begin + timeoutMs;
  let tellAt = begin + tellEveryMs;
  let unread = '';
  const look: Look = {
    tick: () => {
      signal.throwIfAborted();
      const now = performance.now();
      if (now > until) throw new Over();
      if (now < tellAt) return;
      tellAt = now + tellEveryMs;
      told(tally.entries);
    },
    rest: resting(),
    isSeen: (place) => !isCovered(place),
    unreadable: (error) => {
      unread ||= `not all could be read: ${errorMessage(error)}`;
    },
  };
  try {
    for await (const { place, layer, facts } of shadowFacts(roots, look))
      tally.add(() => pathText(place), layers[layer] ?? '', facts);
  } catch (error) {
    if (!(error instanceof Over)) throw error;
    return tally.report(`it took longer than ${timeoutMs / 1_000} s`);
  }
  return tally.report(unread);
}

/** For what has to wait for this walk no longer than that. */
function resting(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < turnMs) return;
    await setImmediate();
    since = performance.now();
  };
}

/** A character for each byte: for comparing. */
function bytesText(name: Buffer): string {
  return name.toString('latin1');
}

function pathText(place: Place): string {
  return `/${textOfBytes(pathOf(place))}`;
}
