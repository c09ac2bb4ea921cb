/** What the writable layer of a rack hides of another image, asked for by a person: which images and whose policy that is about, and the reset of what hides it. */
import type { ApplyDeps } from '../apply/index.js';
import type { Host } from '../host/index.js';
import {
  type CommittedRack,
  type DesiredRack,
  keepShadows,
  RackError,
  type ShadowDrop,
  type ShadowMerge,
  type ShadowQuestion,
  type ShadowReport,
} from '../model/index.js';
import { planReset } from '../planning/index.js';
import type { ReadableStore } from '../store/index.js';
import { applyByHand, movable } from './by-hand.js';

/** A person waits, and may end it. */
const timeoutMs = 600_000;
const listed = 10_000;

export interface ShadowDeps {
  readonly host: Pick<Host, 'shadows'>;
  readonly store: Pick<ReadableStore, 'record' | 'desired'>;
}

type Side = Pick<ShadowQuestion, 'running' | 'next'>;

/**
 * `to`: a file of the image directory, or any by its path; null: the image that Git asks for, or the running one where that is the same. Judged by the definition that Git asks for. Takes no lock, changes
 * nothing. Errors: E_UNKNOWN_RACK; those of `Shadows.report`.
 */
export async function shadowReport(
  deps: ShadowDeps,
  rack: string,
  to: string | null,
  signal: AbortSignal,
): Promise<Side & { readonly report: ShadowReport }> {
  const { committed, desired } = await sidesOf(deps, rack);
  const side = questionOf(committed, desired, to);
  const report = await deps.host.shadows.report(
    {
      ...side,
      covered: [...desired.mounts.map(({ target }) => target), ...desired.files.map(({ path }) => path)],
      policy: desired.rollout.shadow ?? keepShadows,
      timeoutMs,
      listed,
    },
    signal,
  );
  return { running: side.running, next: side.next, report };
}

/** As of `shadowReport` and `Shadows.merge`. */
export async function shadowMerge(
  deps: ShadowDeps,
  rack: string,
  path: string,
  to: string | null,
): Promise<ShadowMerge> {
  const { committed, desired } = await sidesOf(deps, rack);
  return await deps.host.shadows.merge(questionOf(committed, desired, to), path);
}

function questionOf(
  { desired: { name, image }, tree: { layer, sealed } }: CommittedRack,
  wanted: DesiredRack,
  to: string | null,
): Pick<ShadowQuestion, 'rack' | 'stack' | 'running' | 'next'> {
  const next = to === null ? wanted.image : { file: to };
  return { rack: name, stack: { layer, sealed }, running: image, next };
}

async function sidesOf(
  { store }: ShadowDeps,
  rack: string,
): Promise<{ readonly committed: CommittedRack; readonly desired: DesiredRack }> {
  const committed = (await store.record(rack))?.committed ?? null;
  if (committed === null)
    throw new RackError('E_UNKNOWN_RACK', `cannot find an installed rack "${rack}" on this host`, {
      rack,
      hint: 'see: rackops status',
    });
  const wanted = (await store.desired())?.desired.racks.find(({ name }) => name === rack);
  return { committed, desired: wanted ?? committed.desired };
}

export interface ResetRequest {
  readonly rack: string;
  /** As of `ShadowFinding`; at least one. */
  readonly paths: readonly string[];
  /** Directories go with all that is in them. */
  readonly whole: boolean;
}

/** What a reset would do; changes nothing. Errors: E_UNKNOWN_RACK, E_SHADOW_RESET. */
export async function resettable(
  deps: ShadowDeps,
  { rack, paths, whole }: ResetRequest,
): Promise<readonly ShadowDrop[]> {
  const { committed } = await sidesOf(deps, rack);
  return await deps.host.shadows.drops(rack, committed.tree, paths, whole);
}

/**
 * What was done, in one line for people. Stops and starts the rack's services; when they are not healthy afterwards everything is as before. Errors: those of `movable`, E_SHADOW_RESET.
 */
export async function runReset(deps: ApplyDeps, { rack, paths, whole }: ResetRequest): Promise<string> {
  const { record, committed, observed, data } = await movable(deps, rack);
  const drops = await deps.host.shadows.drops(rack, committed.tree, paths, whole);
  const now = deps.host.clock.now();
  const { lastGeneration } = record;
  const plan = planReset({ committed, lastGeneration, data, observed, now, drops });
  const outcome = await applyByHand(deps, plan, { committed, observed, data, now });
  if (outcome.outcome === 'done')
    return `reset ${drops.map(({ path }) => path).join(', ')} of "${rack}": the image's is seen; what was there is in the directory set-aside beside its layers`;
  throw new RackError('E_SHADOW_RESET', `cannot reset files of "${rack}": ${outcome.message}`, {
    rack,
    hint:
      outcome.outcome === 'waiting'
        ? 'see: rackops status'
        : 'its files are as they were; see rackops why, and sync again if it does not run',
  });
}
