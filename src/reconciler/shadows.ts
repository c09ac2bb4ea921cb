/** What the writable layer of a rack hides of another image, asked for by a person: which images and whose policy that is about. */
import type { Host } from '../host/index.js';
import {
  type CommittedRack,
  type DesiredRack,
  keepShadows,
  RackError,
  type ShadowMerge,
  type ShadowQuestion,
  type ShadowReport,
} from '../model/index.js';
import type { ReadableStore } from '../store/index.js';

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

/** What a comparison is about; `to` as of `shadowReport`. */
export function questionOf(
  { desired: { name, image }, tree: { layer, sealed } }: CommittedRack,
  wanted: DesiredRack,
  to: string | null,
): Pick<ShadowQuestion, 'rack' | 'stack' | 'running' | 'next'> {
  const next = to === null ? wanted.image : { file: to };
  return { rack: name, stack: { layer, sealed }, running: image, next };
}

/** What runs, and what Git asks for. Error: E_UNKNOWN_RACK. */
export async function sidesOf(
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
