/** Changes of a writable layer that a person asks for: entries leave it so that the image's are seen, or a merge takes the place of a file. Both stop and start the services, and are undone when those are not healthy. */
import type { ApplyDeps } from '../apply/index.js';
import {
  type CommittedRack,
  mergeRefusal,
  RackError,
  type RackOutcome,
  type ResetManner,
  type ShadowDrop,
} from '../model/index.js';
import { planReset } from '../planning/index.js';
import type { ReadableStore } from '../store/index.js';
import { applyByHand, hintAfter, installed, type Movable, movable } from './by-hand.js';
import { questionOf, type ShadowDeps, sidesOf } from './shadows.js';

export interface ResettableDeps extends Pick<ShadowDeps, 'host'> {
  readonly store: Pick<ReadableStore, 'record' | 'journals' | 'hostSuspended'>;
}

export interface ResetRequest {
  readonly rack: string;
  /** As of `ShadowFinding`; at least one. */
  readonly paths: readonly string[];
  readonly manner: ResetManner;
}

export interface MergeRequest {
  readonly rack: string;
  /** As of `ShadowFinding`. */
  readonly path: string;
  /** As of `shadowReport`. */
  readonly to: string | null;
}

/** What a reset would do; changes nothing, and asks neither kernel nor keeper. Errors: as of `installed`, E_SHADOW_RESET. */
export async function resettable(
  deps: ResettableDeps,
  { rack, paths, manner }: ResetRequest,
): Promise<readonly ShadowDrop[]> {
  const { committed } = await installed(deps, rack);
  return await deps.host.shadows.drops(placeOf(committed), paths, manner);
}

/**
 * What was done, in one line for people. Stops and starts the rack's services; when they are not healthy afterwards everything is as before. Errors: those of `movable`, E_SHADOW_RESET.
 */
export async function runReset(deps: ApplyDeps, { rack, paths, manner }: ResetRequest): Promise<string> {
  const found = await movable(deps, rack);
  const drops = await deps.host.shadows.drops(placeOf(found.committed), paths, manner);
  const outcome = await change(deps, found, drops, `a reset of ${drops.length} path(s) was asked for`);
  if (outcome.outcome !== 'done')
    throw new RackError('E_SHADOW_RESET', `cannot reset files of "${rack}": ${outcome.message}`, {
      rack,
      hint: await hintAfter(deps, outcome, 'its files'),
    });
  const seen =
    manner === 'refresh'
      ? "the image's content is seen, with owner, mode and attributes as they were here"
      : "the image's is seen";
  return `reset ${drops.map(({ path }) => path).join(', ')} of "${rack}": ${seen}; ${kept}${notesOf(outcome)}`;
}

/**
 * What was done, in one line for people. As of `runReset`; undone also when somebody writes to the file meanwhile. Errors: those of `movable` and `Shadows.merge`, E_SHADOW_RESET where the layer that is written to has
 * no such file, E_SHADOW_CONFLICT, E_SHADOW_MERGE.
 */
export async function runMerge(deps: ApplyDeps, { rack, path, to }: MergeRequest): Promise<string> {
  const found = await movable(deps, rack);
  const { committed } = found;
  const { desired } = await sidesOf(deps, rack);
  const question = questionOf(committed, desired, to);
  await deps.host.shadows.drops(placeOf(committed), [path], 'refresh');
  const refusal = mergeRefusal(rack, path, await deps.host.shadows.merge(question, path));
  if (refusal !== null) throw refusal;
  const drops: readonly ShadowDrop[] = [{ path, how: 'merge', next: question.next }];
  const outcome = await change(deps, found, drops, `a merge of ${path} was asked for`);
  if (outcome.outcome !== 'done')
    throw new RackError('E_SHADOW_MERGE', `cannot merge "${path}" of "${rack}": ${outcome.message}`, {
      rack,
      hint: await hintAfter(deps, outcome, 'its files'),
    });
  return `merged what changed in ${question.next.file} into ${path} of "${rack}"; ${kept}${notesOf(outcome)}`;
}

function placeOf({ desired: { name, image }, tree: { layer, sealed } }: CommittedRack) {
  return { rack: name, stack: { layer, sealed }, running: image };
}

const kept = 'what was there is in the directory set-aside beside its layers';

async function change(
  deps: ApplyDeps,
  { record, committed, observed, data }: Movable,
  drops: readonly ShadowDrop[],
  reason: string,
): Promise<RackOutcome> {
  const now = deps.host.clock.now();
  const { lastGeneration } = record;
  const plan = planReset({ committed, lastGeneration, data, observed, now, drops, reason });
  return await applyByHand(deps, plan, { committed, observed, data, now });
}

function notesOf({ message }: RackOutcome): string {
  return message === '' ? '' : `; ${message}`;
}
