/**
 * The copy of the live layer that a rehearsal runs on when the data can be brought to rest. Only the layer that is written to: sealed ones are at rest anyway. What
 * else the rack writes meanwhile is copied as it is met. docs/adr/0012.
 */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { formatBytes } from '../../lib/index.js';
import {
  type HostPath,
  type Layout,
  layerPath,
  layersOf,
  RackError,
  rehearsalPaths,
  type TreeSpec,
  under,
} from '../../model/index.js';
import type { AtRest } from '../ports.js';
import { mergeLayers } from './merge-layers.js';
import { walk } from './walk.js';

/** What the rehearsal itself can write at the least. */
const leftBytes = 16 * 1_048_576;

/** The layers of the view, the one that is written to first: itself, or its copy. One that is sealed at the stop has no successor yet. */
export function viewedLayers(layout: Layout, tree: TreeSpec): readonly HostPath[] {
  const live = liveLayers(layout, tree);
  return hasCopy(layout, tree.rack) ? [copyPath(layout, tree.rack), ...live.slice(1)] : live;
}

export function hasCopy(layout: Layout, rack: string): boolean {
  return existsSync(copyPath(layout, rack));
}

/** Needs the space mounted. Errors: E_REHEARSAL when it does not fit, before anything is brought to rest; those of `atRest` and of the file system. */
export async function copyLiveLayer(layout: Layout, tree: TreeSpec, atRest: AtRest): Promise<void> {
  const [live] = liveLayers(layout, tree);
  if (live === undefined) return;
  await refuseTooBig(layout, tree.rack, live);
  await atRest((signal) => mergeLayers([live], copyPath(layout, tree.rack), signal));
}

function liveLayers(layout: Layout, tree: TreeSpec): readonly HostPath[] {
  return layersOf(tree)
    .map((name) => layerPath(layout, tree.rack, name))
    .filter((path) => existsSync(path));
}

function copyPath(layout: Layout, rack: string): HostPath {
  return under(rehearsalPaths(layout, rack).space, 'copy');
}

async function refuseTooBig(layout: Layout, rack: string, live: string): Promise<void> {
  let bytes = 0;
  let files = 0;
  for await (const { stat } of walk(live)) {
    bytes += (stat.blocks * 512) / (stat.isFile() ? stat.nlink : 1);
    files++;
  }
  const { bavail, bsize, ffree } = await statfs(rehearsalPaths(layout, rack).space);
  if (bytes + leftBytes <= bavail * bsize && files < ffree) return;
  throw new RackError(
    'E_REHEARSAL',
    `too little space to copy the writable layer of "${rack}" for a rehearsal: ${formatBytes(bytes)} in ${files} files, and a rehearsal has ${formatBytes(bavail * bsize)} for ${ffree} files`,
    { rack, hint: 'free some space, or leave rollout.quiesce out' },
  );
}
