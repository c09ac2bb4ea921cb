/**
 * Sealed layers of a rack on disk: which there are, a fresh one on top, the ones that nobody needs gone, several made into one. Nothing here writes into a layer that
 * was written before. What is in use is asked of mountinfo at the moment of acting.
 */
import { lstat, mkdir, open, readdir, rename, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { syncfs } from '../../kernel/index.js';
import { errorMessage, formatBytes } from '../../lib/index.js';
import {
  dataPath,
  isLayerName,
  type LayerName,
  type Layout,
  layerNumber,
  layerPath,
  mergedName,
  mergingPath,
  overlayWorkPath,
  RackError,
  rackData,
  unreadableError,
} from '../../model/index.js';
import type { Data } from '../ports.js';
import { changedFiles } from './changed-files.js';
import { type Deleted, deleteTree, usesPath } from './delete-tree.js';
import { readManifest, removeManifest, writeManifest } from './layer-manifest.js';
import { mergeLayers, TooDeep } from './merge-layers.js';
import { readMountinfo } from './mountinfo.js';
import { discard, finishDiscards } from './trash.js';
import { walk } from './walk.js';
import { checkSealedLayers, ensureWritableLayer } from './writable-layer.js';

/** Copying less than this is not worth a word. */
const bigFileBytes = 64 * 1_048_576;

/** A merge is no reason to fill the disk: so much of the file system stays free. */
const keptFree = 0.05;

export type Layers = Pick<
  Data,
  'observe' | 'sealLayer' | 'releaseLayers' | 'mergeLayers' | 'unmergeable' | 'bigFiles' | 'changedFiles'
>;

export function createLayers(layout: Layout): Layers {
  const entriesOf = (rack: string): Promise<readonly string[]> =>
    readdir(dataPath(layout, rack)).catch(ignoreAbsent);
  /** What it lists is not known, so it is not written over, and nothing that it may list is deleted. Error: E_DATA_UNREADABLE. */
  const refuseUnreadable = async (rack: string): Promise<void> => {
    await readManifest(layout, rack).catch((error) => {
      throw unreadableError({ rack, unreadable: errorMessage(error) });
    });
  };
  const newestOf = async (rack: string): Promise<number> =>
    Math.max(0, ...(await entriesOf(rack)).filter(isLayerName).map(layerNumber));
  /** Of a rack: layers that lie too deep, as long as this one is its newest; a newer one may hide what is so deep. */
  const deep = new Map<string, { readonly newest: number; readonly layers: readonly LayerName[] }>();
  const deepOf = async (rack: string): Promise<readonly LayerName[]> => {
    const found = deep.get(rack);
    return found === undefined || found.newest !== (await newestOf(rack)) ? [] : found.layers;
  };

  return {
    observe: async (rack) => {
      try {
        const entries = await readdir(dataPath(layout, rack));
        return rackData(rack, entries.filter(isLayerName), await readManifest(layout, rack));
      } catch (error) {
        if (isAbsent(error)) return null;
        return { rack, unreadable: errorMessage(error) };
      }
    },

    sealLayer: async (rack, stack, snapshots) => {
      await refuseUnreadable(rack);
      await checkSealedLayers(layout, rack, stack);
      await ensureWritableLayer(layout, rack, stack, null);
      await writeManifest(layout, rack, stack, snapshots);
    },

    releaseLayers: async (rack, stack, snapshots, keep) => {
      await refuseUnreadable(rack);
      const unneeded = (await entriesOf(rack)).filter(
        (name) => (isLayerName(name) && !keep.includes(name)) || name.endsWith('.making'),
      );
      const records = await readMountinfo();
      for (const name of unneeded) {
        const path = layerPath(layout, rack, name);
        if (records.some((record) => usesPath(record, path))) continue;
        const work = overlayWorkPath(layout, rack, Number.parseInt(name, 10));
        await discard(layout, path, rack);
        if (/^\d+(\.making)?$/.test(name)) await discard(layout, work, rack);
      }
      await finishDiscards(layout, rack);
      if (stack.sealed.length === 0 && snapshots.length === 0) await removeManifest(layout, rack);
      else await writeManifest(layout, rack, stack, snapshots);
    },

    mergeLayers: async (rack, layers, signal) => {
      const name = mergedName(layers);
      const target = layerPath(layout, rack, name);
      if (await exists(target)) return;
      const building = join(mergingPath(layout, rack), name);
      await deleteTree(mergingPath(layout, rack), halfMerged(rack));
      await mkdir(mergingPath(layout, rack), { recursive: true, mode: 0o700 });
      const sources = layers.map((layer) => layerPath(layout, rack, layer));
      try {
        await refuseNoSpace(layout, rack, sources);
        await mergeLayers(sources, building, signal);
        const directory = await open(building, 'r');
        await syncfs(directory.fd).finally(() => directory.close());
        // A layer is renamed before it is deleted: if all are there still, all were whole while they were read.
        for (const source of sources) await lstat(source);
        await rename(building, target);
      } catch (error) {
        if (!(error instanceof TooDeep)) throw error;
        const layer = layers[error.source] ?? name;
        const known = await deepOf(rack);
        deep.set(rack, { newest: await newestOf(rack), layers: [...known, layer] });
        throw layerTooDeep(rack, layer, error);
      } finally {
        await deleteTree(mergingPath(layout, rack), halfMerged(rack));
      }
    },
    unmergeable: deepOf,

    changedFiles: (rack, layer, sinceMs) => changedFiles(layerPath(layout, rack, layer), sinceMs),
    bigFiles: async (rack, layer) => {
      const found = { files: 0, bytes: 0 };
      for await (const { stat } of walk(layerPath(layout, rack, layer))) {
        if (!stat.isFile() || stat.size <= bigFileBytes) continue;
        found.files++;
        found.bytes += stat.blocks * 512;
      }
      return found;
    },
  };
}

/** As if no block could be shared. Error: E_DISK_SPACE. */
async function refuseNoSpace(layout: Layout, rack: string, sources: readonly string[]): Promise<void> {
  let needed = 0;
  for (const source of sources) for await (const { stat } of walk(source)) needed += stat.blocks * 512;
  const { bavail, blocks, bsize } = await statfs(layout.readwrite);
  const free = bavail * bsize - blocks * bsize * keptFree;
  if (needed <= free) return;
  throw new RackError(
    'E_DISK_SPACE',
    `cannot merge sealed layers of "${rack}": ${formatBytes(needed)} needed, ${formatBytes(Math.max(0, free))} free in ${layout.readwrite} without its last 5 %`,
    { rack, hint: 'free some space; it is tried again after the next pass, and nothing else waits for it' },
  );
}

function layerTooDeep(rack: string, layer: LayerName, { message }: TooDeep): RackError {
  return new RackError(
    'E_LAYER_DEPTH',
    `cannot merge sealed layer ${layer} of "${rack}" with others: ${message}`,
    { rack, hint: 'delete it in the rack; the layer stays as it is, and others are merged without it' },
  );
}

function halfMerged(rack: string): Deleted {
  return { rack, what: `a half-merged layer of "${rack}"`, hint: 'unmount it; it is tried again' };
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

function ignoreAbsent(error: unknown): readonly LayerName[] {
  if (isAbsent(error)) return [];
  throw error;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
