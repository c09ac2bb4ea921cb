/**
 * Snapshots by hand, and the merging of sealed layers after a pass. Snapshots are planned, checked and journaled as a pass is; a merge reads sealed layers only and adds one beside them, so it
 * needs no journal and may run beside a pass.
 */
import type { ApplyDeps } from '../apply/index.js';
import { errorMessage } from '../lib/index.js';
import {
  type CommittedRack,
  isUnreadable,
  type LayerName,
  mergedName,
  RackError,
  unreadableError,
} from '../model/index.js';
import { mergeableRuns, planSnapshot, snapshotsOf } from '../planning/index.js';
import { applyByHand, hintAfter, movable } from './by-hand.js';
import { dataOf } from './observe.js';

export interface SnapshotRequest {
  readonly rack: string;
  /** Id of the snapshot to go back to, `newest`, or null to make one. */
  readonly restore: string | null;
  readonly discard: boolean;
}

/**
 * What was done, in one line for people. Stops and starts the rack's services; when they are not healthy afterwards everything is as before. Errors: E_UNKNOWN_RACK, E_NO_SNAPSHOT,
 * E_ROLLOUT_OPEN, E_SUSPENDED, E_HELD, E_KEEPER, E_DATA_UNREADABLE, of which nothing was touched; E_SNAPSHOT with what failed.
 */
export async function runSnapshot(deps: ApplyDeps, request: SnapshotRequest): Promise<string> {
  const { host } = deps;
  const { rack } = request;
  const { record, committed, observed, data } = await movable(deps, rack);
  const snapshots = snapshotsOf(data, committed.tree);
  const ids = snapshots.map(({ id }) => id);
  const wanted = request.restore === 'newest' ? ids.at(-1) : request.restore;
  const restore = snapshots.find(({ id }) => id === wanted) ?? null;
  if (request.restore !== null && restore === null) {
    const known = ids.length === 0 ? 'it has none' : `it has ${ids.join(', ')}`;
    throw new RackError(
      'E_NO_SNAPSHOT',
      `cannot find snapshot "${wanted ?? 'newest'}" of "${rack}": ${known}`,
      {
        rack,
        hint: `see: rackops snapshot list ${rack}`,
      },
    );
  }
  const now = host.clock.now();
  const { lastGeneration } = record;
  const plan = planSnapshot({
    committed,
    lastGeneration,
    data,
    observed,
    now,
    restore,
    discard: request.discard,
  });
  const outcome = await applyByHand(deps, plan, { committed, observed, data, now });
  if (outcome.outcome === 'done') {
    return restore === null
      ? `sealed the data of "${rack}" as snapshot ${committed.tree.layer}`
      : `"${rack}" has the data of snapshot ${restore.id} again${aside(request, committed)}`;
  }
  if (outcome.outcome === 'waiting')
    throw new RackError('E_SNAPSHOT', `the data of "${rack}" are not there yet: ${outcome.message}`, {
      rack,
      hint: 'see: rackops status',
    });
  throw new RackError('E_SNAPSHOT', `cannot do that with the data of "${rack}": ${outcome.message}`, {
    rack,
    hint: await hintAfter(deps, outcome, 'its data'),
  });
}

function aside({ discard }: SnapshotRequest, { tree }: CommittedRack): string {
  return discard ? '; what it had until now is deleted' : `; what it had until now is snapshot ${tree.layer}`;
}

/** Merges what no snapshot needs apart; used from the next swap on. A failure is told and harmless; what cannot be merged is left out, and the others are tried without it. */
export async function mergeSealedLayers(deps: ApplyDeps): Promise<void> {
  const { host, store, emit, signal } = deps;
  for (const { rack, committed } of await store.records()) {
    if (committed === null || committed.tree.sealed.length < 2) continue;
    const tried = new Set<LayerName>();
    for (;;) {
      const run = (await runsOf(deps, committed)).find((layers) => !tried.has(mergedName(layers)));
      if (run === undefined) break;
      tried.add(mergedName(run));
      const detail = `merging sealed layers ${[...run].reverse().join(', ')}`;
      emit({ code: 'Progress', rack, step: 'releaseLayers', detail });
      try {
        await host.data.mergeLayers(rack, run, signal);
      } catch (error) {
        if (signal.aborted) return;
        emit({ code: 'Warning', warning: 'LayersNotMerged', message: `${rack}: ${errorMessage(error)}` });
      }
    }
  }
}

async function runsOf(
  { host, emit }: ApplyDeps,
  { tree, desired: { name } }: CommittedRack,
): Promise<readonly (readonly LayerName[])[]> {
  const data = await dataOf(host, name);
  if (!isUnreadable(data)) return mergeableRuns(tree, data, await host.data.unmergeable(name));
  emit({ code: 'Warning', warning: 'DataUnreadable', message: errorMessage(unreadableError(data)) });
  return [];
}
