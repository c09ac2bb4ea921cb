/**
 * What happens to the layers of a rack: which a rollout seals, which snapshots stay, which may be merged, which nobody needs. Pure; docs/adr/0011.
 */
import {
  type CommittedRack,
  type DesiredRack,
  foldLayers,
  type LayerName,
  type LayerStack,
  layersOf,
  nextLayer,
  type RackData,
  type RolloutJournal,
  type Snapshot,
  type Step,
} from '../model/index.js';

/** What a rack that was never looked at has: its only layer is made when its tree is prepared. */
export function noData(rack: string): RackData {
  return { rack, names: [], stack: null, snapshots: [] };
}

/** Layers of the next tree: a fresh one on top where the old one is sealed, else the same as before. Merged layers take the place of what they were merged from. */
export function stackFor(desired: DesiredRack, committed: CommittedRack | null, data: RackData): LayerStack {
  if (committed === null) return data.stack ?? { layer: 1, sealed: [] };
  const { layer, sealed } = committed.tree;
  if (desired.rollout.data === 'restore') return sealedStack(committed.tree, data);
  return { layer, sealed: foldLayers(sealed, data.names) };
}

/** A fresh layer on all of these. */
export function sealedStack(stack: LayerStack, data: RackData): LayerStack {
  return { layer: nextLayer(stack, data), sealed: foldLayers(layersOf(stack), data.names) };
}

interface LayeredRollout extends Pick<RolloutJournal, 'from' | 'to'> {
  readonly data: RackData;
  /** ms since the epoch. */
  readonly now: number;
  /** What was there before a restore is not set aside. */
  readonly discards?: boolean;
}

/** True when the rollout puts a fresh layer on top: the old one is as it was at the stop, and going back finds it so. */
export function seals(rollout: Pick<RolloutJournal, 'from' | 'to'>): boolean {
  return rollout.from !== null && rollout.from.tree.layer !== rollout.to.tree.layer;
}

/** Snapshots once the rollout is committed: those before and, where it seals, one of the data at the stop. Oldest first, no more than are kept. */
export function keptSnapshots(rollout: LayeredRollout): readonly Snapshot[] {
  const { data, now } = rollout;
  const before = usable(data.snapshots, rollout.to.tree, data.names);
  const { from, to } = rollout;
  if (from === null || !seals(rollout)) return before;
  if (rollout.discards === true) return before.filter(({ id }) => id !== String(from.tree.layer));
  const id = String(from.tree.layer);
  const taken: Snapshot = before.find((snapshot) => snapshot.id === id) ?? {
    id,
    layers: foldLayers(layersOf(from.tree), data.names),
    at: new Date(now).toISOString(),
    image: from.desired.image,
    digest: from.desired.digest,
    revision: from.desired.revision,
    generation: from.generation,
    reason: reasonOf(rollout),
  };
  return [...before.filter((snapshot) => snapshot.id !== id), taken]
    .sort((a, b) => Number(a.id) - Number(b.id))
    .slice(-to.desired.rollout.snapshots);
}

/** The same definition again: somebody asked for a snapshot, or for an older one's data. */
function reasonOf({ from, to }: Pick<RolloutJournal, 'from' | 'to'>): Snapshot['reason'] {
  if (from?.desired.digest !== to.desired.digest) return 'rollout';
  const below = to.tree.sealed[0]?.split('-').at(-1);
  return below === String(from.tree.layer) ? 'create' : 'restore';
}

/** Those that are snapshots still: one whose top is written to again (after a rollback) is none. */
export function usable(
  snapshots: readonly Snapshot[],
  stack: LayerStack,
  names: readonly LayerName[],
): readonly Snapshot[] {
  return snapshots
    .filter((snapshot) => snapshot.id !== String(stack.layer))
    .map((snapshot) => ({ ...snapshot, layers: foldLayers(snapshot.layers, names) }));
}

/** False for a rack that has one layer and always had: nothing of it is ever to be released. */
export function hasSealed(stack: LayerStack, data: RackData): boolean {
  return stack.sealed.length > 0 || data.names.length > 1 || data.snapshots.length > 0;
}

export function releaseStep(rack: string, tree: LayerStack, snapshots: readonly Snapshot[]): Step {
  const keep = [...new Set([layersOf(tree), ...snapshots.map((s) => s.layers)].flat())].sort();
  return { kind: 'releaseLayers', rack, stack: stackIn(tree), snapshots, keep };
}

export function sealStep(rack: string, tree: LayerStack, snapshots: readonly Snapshot[]): Step {
  return { kind: 'sealLayer', rack, stack: stackIn(tree), snapshots };
}

function stackIn({ layer, sealed }: LayerStack): LayerStack {
  return { layer, sealed };
}

/**
 * Runs of sealed layers that nobody needs apart, each newest first, two layers at least. A layer may become part of the one above it when every list that holds it has
 * that one on it: no snapshot ends with it, and no other branch begins there. `apart`: those that cannot be merged with any.
 */
export function mergeableRuns(
  stack: LayerStack,
  snapshots: readonly Snapshot[],
  names: readonly LayerName[],
  apart: readonly LayerName[] = [],
): readonly (readonly LayerName[])[] {
  const above = new Map<LayerName, Set<LayerName | null>>();
  const sealed = foldLayers(stack.sealed, names);
  for (const list of [sealed, ...usable(snapshots, stack, names).map((s) => s.layers)]) {
    for (const [index, name] of list.entries()) {
      const found = above.get(name) ?? new Set();
      above.set(name, found.add(list[index - 1] ?? null));
    }
  }
  const runs: LayerName[][] = [];
  for (const name of sealed) {
    const run = runs.at(-1);
    const upper = run?.at(-1);
    const over = above.get(name);
    const isFree = upper !== undefined && !apart.includes(upper) && !apart.includes(name);
    if (run !== undefined && isFree && over?.size === 1 && over.has(upper)) run.push(name);
    else runs.push([name]);
  }
  return runs.filter((run) => run.length > 1);
}
