/**
 * What happens to the layers of a rack: which a rollout seals, which snapshots stay, which may be merged, which nobody needs. Pure; docs/adr/0011.
 */
import {
  type CommittedRack,
  type DesiredRack,
  foldLayers,
  isUnreadable,
  type LayerName,
  type LayerStack,
  layerNumber,
  layersOf,
  nextLayer,
  type ObservedData,
  type RackData,
  type RolloutJournal,
  type Snapshot,
  type Step,
  type StepOf,
} from '../model/index.js';

/** What a rack has that has no writable directory, or that does not move and was not looked at: its only layer is made when its tree is prepared. */
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

/** The layers of an older snapshot under a fresh one. `snapshot`: one of `snapshotsOf`. */
export function restoredStack(snapshot: Snapshot, stack: LayerStack, data: RackData): LayerStack {
  return { layer: nextLayer(stack, data), sealed: snapshot.layers };
}

interface LayeredRollout extends Pick<RolloutJournal, 'rack' | 'from' | 'to'> {
  readonly data: ObservedData;
  /** ms since the epoch. */
  readonly now: number;
  /** What was there before a restore is not set aside. */
  readonly discards: boolean;
}

/** What a rollout is for, as its commit and its snapshot tell it. */
export interface Purpose {
  readonly event: Exclude<StepOf<'commit'>['event'], 'adopted'>;
  /** Of the snapshot, where it seals. */
  readonly reason: Snapshot['reason'];
  /** False: the definition that ran already was put on other layers, so there is no other version to be held or to be blamed. */
  readonly isVersion: boolean;
}

/** Decided from what the journal keeps, so that a continued rollout is for the same as before. */
export function purposeOf({ from, to }: Pick<RolloutJournal, 'from' | 'to'>): Purpose {
  if (from === null) return { event: 'installed', reason: 'rollout', isVersion: true };
  if (from.desired.digest !== to.desired.digest)
    return { event: 'swapped', reason: 'rollout', isVersion: true };
  if (from.tree.layer === to.tree.layer) return { event: 'reset', reason: 'restore', isVersion: false };
  const [below] = to.tree.sealed;
  return below !== undefined && layerNumber(below) === from.tree.layer
    ? { event: 'sealed', reason: 'create', isVersion: false }
    : { event: 'restored', reason: 'restore', isVersion: false };
}

/** True when the rollout puts a fresh layer on top: the old one is as it was at the stop, and going back finds it so. */
export function seals(rollout: Pick<RolloutJournal, 'from' | 'to'>): boolean {
  return rollout.from !== null && rollout.from.tree.layer !== rollout.to.tree.layer;
}

/** Snapshots once the rollout is committed: those before and, where it seals, one of the data at the stop. Oldest first, no more than are kept. */
function keptSnapshots(rollout: LayeredRollout, data: RackData): readonly Snapshot[] {
  const { from, to, now } = rollout;
  const before = snapshotsOf(data, to.tree);
  if (from === null || !seals(rollout)) return before;
  const id = String(from.tree.layer);
  const others = before.filter((snapshot) => snapshot.id !== id);
  if (rollout.discards) return others;
  const taken: Snapshot = before.find((snapshot) => snapshot.id === id) ?? {
    id,
    layers: foldLayers(layersOf(from.tree), data.names),
    at: new Date(now).toISOString(),
    image: from.desired.image,
    digest: from.desired.digest,
    revision: from.desired.revision,
    generation: from.generation,
    reason: purposeOf(rollout).reason,
  };
  return [...others, taken].sort((a, b) => Number(a.id) - Number(b.id)).slice(-to.desired.rollout.snapshots);
}

/**
 * Those that are snapshots as long as the rack is on that stack: one whose top is written to (again, after a rollback) is none. Oldest first, of as few layers as there are names for.
 * `stack` null: nothing is written to.
 */
export function snapshotsOf(
  { snapshots, names }: Pick<RackData, 'snapshots' | 'names'>,
  stack: LayerStack | null,
): readonly Snapshot[] {
  return snapshots
    .filter((snapshot) => snapshot.id !== String(stack?.layer))
    .map((snapshot) => ({ ...snapshot, layers: foldLayers(snapshot.layers, names) }));
}

/** False for a rack that has one layer and always had: nothing of it is ever to be released. */
function hasSealed(stack: LayerStack, data: RackData): boolean {
  return stack.sealed.length > 0 || data.names.length > 1 || data.snapshots.length > 0;
}

/** Between unmount and mount, where a fresh layer goes on top. Its data were readable: `planRack` and `planJournal` see to that. */
export function sealSteps(rollout: LayeredRollout): readonly Step[] {
  const { rack, to, data } = rollout;
  if (!seals(rollout)) return [];
  if (isUnreadable(data)) throw new Error('internal error: a layer is sealed that nobody could read');
  return [{ kind: 'sealLayer', rack, stack: stackIn(to.tree), snapshots: keptSnapshots(rollout, data) }];
}

/** After the commit. Nothing is released that nobody could read: the next rollout does it. */
export function releaseSteps(rollout: LayeredRollout): readonly Step[] {
  const { rack, to, data } = rollout;
  if (isUnreadable(data) || !hasSealed(to.tree, data)) return [];
  return [releaseStep(rack, to.tree, keptSnapshots(rollout, data))];
}

/** After the way back, where the rollout had put a fresh layer on top; as above. */
export function releaseSealedOver(rollout: LayeredRollout): readonly Step[] {
  const { rack, from, data } = rollout;
  if (from === null || isUnreadable(data) || !seals(rollout)) return [];
  return [releaseStep(rack, from.tree, snapshotsOf(data, from.tree))];
}

function releaseStep(rack: string, tree: LayerStack, snapshots: readonly Snapshot[]): Step {
  const keep = [...new Set([layersOf(tree), ...snapshots.map((s) => s.layers)].flat())].sort();
  return { kind: 'releaseLayers', rack, stack: stackIn(tree), snapshots, keep };
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
  data: Pick<RackData, 'snapshots' | 'names'>,
  apart: readonly LayerName[] = [],
): readonly (readonly LayerName[])[] {
  const above = new Map<LayerName, Set<LayerName | null>>();
  const sealed = foldLayers(stack.sealed, data.names);
  for (const list of [sealed, ...snapshotsOf(data, stack).map((s) => s.layers)]) {
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
