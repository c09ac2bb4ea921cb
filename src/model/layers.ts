/**
 * The layers of a writable directory: names, the order they lie in, and the snapshots that sealed ones are. Values and pure functions; docs/adr/0011.
 *
 * A name is `4` (one layer) or `1-3` (the layers 1 to 3 merged). Numbers are given out once, and each layer has lain on exactly one other all its life, so two
 * names say what the content is: `1-3` shows what 3 on 2 on 1 shows, and either may stand for the other in any list.
 */
import type { ImageRef } from './desired.js';
import { RackError } from './errors.js';

export type LayerName = string;

/** What a tree is made of besides its image. */
export interface LayerStack {
  /** Number of the layer that is written to: the highest. */
  readonly layer: number;
  /** Layers below it, newest first; nobody writes to them any more. Empty unless something was sealed. */
  readonly sealed: readonly LayerName[];
}

/** The data as they were when the topmost of these layers was sealed, and what ran on them then. */
export interface Snapshot {
  /** Number of the topmost layer, as text: how people name it. */
  readonly id: string;
  /** Newest first. */
  readonly layers: readonly LayerName[];
  /** ISO time. */
  readonly at: string;
  readonly image: ImageRef;
  /** Of the definition that ran. */
  readonly digest: string;
  readonly revision: string;
  readonly generation: number;
  /** Sealed by a rollout, by `snapshot create`, or set aside by `snapshot restore`. */
  readonly reason: 'rollout' | 'create' | 'restore';
}

/** `layers.json` beside the numbered directories: so that a backup explains itself. */
export interface LayerManifest {
  readonly format: 1;
  /** The layers in use, newest first; the first is written to. */
  readonly layers: readonly LayerName[];
  /** Oldest first. */
  readonly snapshots: readonly Snapshot[];
}

/** What is in a rack's writable directory. */
export interface RackData {
  readonly rack: string;
  /** Directories that are there, in no order. */
  readonly names: readonly LayerName[];
  /** What a rack that nothing is remembered of is made of; null when there is no layer. */
  readonly stack: LayerStack | null;
  /** Oldest first; only such whose layers are all there. */
  readonly snapshots: readonly Snapshot[];
}

/**
 * Its names or its manifest cannot be read, so nobody knows which of its layers are snapshots. Not the same as "there are none": nothing of it is sealed, released, merged or written over.
 */
export interface UnreadableData {
  readonly rack: string;
  /** What could not be read, and why: one line for people, without the rack's name. */
  readonly unreadable: string;
}

export type ObservedData = RackData | UnreadableData;

export function isUnreadable(data: ObservedData): data is UnreadableData {
  return 'unreadable' in data;
}

/** What to do about it, for people. */
export const unreadableHint =
  'put layers.json back from a backup; without it the layers count by their numbers, and those of snapshots are deleted at the next swap';

/** For those who cannot go on without. Code: E_DATA_UNREADABLE. */
export function unreadableError({ rack, unreadable }: UnreadableData): RackError {
  return new RackError('E_DATA_UNREADABLE', `cannot tell the layers of "${rack}": ${unreadable}`, {
    rack,
    hint: unreadableHint,
  });
}

/** Overlays of more layers are refused: each costs at every look-up, and their names must fit into one page of mount options. */
export const maxSealedLayers = 16;

const pattern = /^([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?$/;

export function isLayerName(name: string): boolean {
  const found = pattern.exec(name);
  return found !== null && (found[2] === undefined || Number(found[1]) < Number(found[2]));
}

/** Lowest and highest number in a name. */
function ends(name: LayerName): { readonly first: number; readonly last: number } {
  const found = pattern.exec(name);
  if (found === null) throw new Error(`internal error: not a layer: "${name}"`);
  return { first: Number(found[1]), last: Number(found[2] ?? found[1]) };
}

/** Number of the newest layer in it: `3` for `1-3`. */
export function layerNumber(name: LayerName): number {
  return ends(name).last;
}

/** What these layers are called once merged, newest first. */
export function mergedName(run: readonly LayerName[]): LayerName {
  const newest = run[0];
  const oldest = run.at(-1);
  if (newest === undefined || oldest === undefined) throw new Error('internal error: nothing to merge');
  return `${ends(oldest).first}-${ends(newest).last}`;
}

/** All layers of a tree, newest first. */
export function layersOf(stack: LayerStack): readonly LayerName[] {
  return [String(stack.layer), ...stack.sealed];
}

/** The stack of a list; null for an empty one. A merged layer is never written to: a fresh one goes on it. */
export function stackOf(layers: readonly LayerName[]): LayerStack | null {
  const [top, ...sealed] = layers;
  if (top === undefined) return null;
  if (top.includes('-')) return { layer: layerNumber(top) + 1, sealed: layers };
  return { layer: Number(top), sealed };
}

/** The same content with as few layers as there are names for: runs that were merged are replaced by what they were merged into. */
export function foldLayers(layers: readonly LayerName[], names: readonly LayerName[]): readonly LayerName[] {
  const merged = names.filter((name) => name.includes('-')).map((name) => ({ name, ...ends(name) }));
  const folded: LayerName[] = [];
  for (let at = 0; at < layers.length; ) {
    const top = layers[at] ?? '';
    let best: { readonly name: LayerName; readonly length: number } = { name: top, length: 1 };
    for (const { name, first, last } of merged) {
      if (last !== ends(top).last) continue;
      const length = layers.slice(at).findIndex((layer) => ends(layer).first === first) + 1;
      if (length > best.length) best = { name, length };
    }
    folded.push(best.name);
    at += best.length;
  }
  return folded;
}

/** Highest number first: what a directory without a manifest is. A merged layer stands for all that it was merged from. */
export function layersByNumber(names: readonly LayerName[]): readonly LayerName[] {
  const byTop = [...names].sort((a, b) => ends(b).last - ends(a).last || ends(a).first - ends(b).first);
  const layers: LayerName[] = [];
  let below = Number.POSITIVE_INFINITY;
  for (const name of byTop) {
    const { first, last } = ends(name);
    // The topmost is written to: rather the single one.
    const hasSingle = layers.length === 0 && first !== last && names.includes(String(last));
    if (last >= below || hasSingle) continue;
    layers.push(name);
    below = first;
  }
  return layers;
}

/** A number that no layer of the rack ever had, as far as anybody remembers. */
export function nextLayer(stack: LayerStack, data: RackData): number {
  const used = [...data.names.map(layerNumber), ...data.snapshots.map((s) => Number(s.id)), stack.layer];
  return Math.max(...used) + 1;
}

/** What names and manifest of a writable directory say together. */
export function rackData(
  rack: string,
  names: readonly LayerName[],
  manifest: LayerManifest | null,
): RackData {
  const isThere = (layer: LayerName): boolean => names.includes(layer);
  const listed = foldLayers(manifest?.layers ?? [], names);
  // A crash leaves a list that is ahead of, or behind, the directories; then they are the truth.
  const layers = listed.length > 0 && listed.every(isThere) ? listed : layersByNumber(names);
  return {
    rack,
    names,
    stack: stackOf(layers),
    snapshots: (manifest?.snapshots ?? []).filter((snapshot) =>
      foldLayers(snapshot.layers, names).every(isThere),
    ),
  };
}
