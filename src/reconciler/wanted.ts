/**
 * What a pass works towards: the racks of the chosen revision, or, when it cannot be read, what was committed here. Decides nothing;
 * must never take "could not be read" for "is not wanted any more".
 */
import { type DesiredState, type Emit, type PassReport, type Problem, RackError } from '../model/index.js';
import type { TreeEntry } from '../source/index.js';
import type { ReadableStore } from '../store/index.js';
import type { DesiredReader } from './desired.js';
import type { RevisionChoice } from './revision.js';

export interface WantedDeps {
  readonly store: Pick<ReadableStore, 'records'>;
  readonly reader: DesiredReader;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export interface Wanted {
  readonly desired: DesiredState;
  readonly problems: readonly Problem[];
  readonly files: ReadonlyMap<string, TreeEntry>;
  /** True: the revision has no definition file at all; an allowance may take that for meant. */
  readonly isEmpty: boolean;
  readonly error: PassReport['sourceError'];
}

/** Without a readable revision the racks that were committed here are what is wanted: a boot with Git down. */
export async function readWanted(deps: WantedDeps, choice: RevisionChoice): Promise<Wanted> {
  const records = await deps.store.records();
  const committed = records.flatMap((record) => (record.committed ? [record.committed.desired] : []));
  const lastKnown = (error: Wanted['error']): Wanted => ({
    desired: { revision: choice.revision, racks: committed, invalid: [], complete: false },
    problems: [],
    files: new Map(),
    isEmpty: false,
    error,
  });
  if (choice.revision === null) return lastKnown(choice.error);
  try {
    const installed = committed.map((rack) => rack.name);
    const mayFetch = choice.error === null ? deps.signal : null;
    const read = await deps.reader.read(choice.revision, installed, mayFetch);
    for (const problem of read.problems)
      deps.emit({ code: 'ProblemFound', problem, revision: choice.revision });
    return { ...read, error: choice.error };
  } catch (error) {
    if (!(error instanceof RackError)) throw error;
    const hint = error.hint ?? 'the racks keep running what was last applied';
    return lastKnown(choice.error ?? { code: error.code, message: error.message, hint });
  }
}

/** What is installed counts in the reading: done now, the next pass finds it done and asks Git nothing. */
export async function readAgain(deps: WantedDeps, choice: RevisionChoice): Promise<void> {
  if (choice.revision === null) return;
  const installed = (await deps.store.records()).flatMap(({ rack, committed }) => (committed ? [rack] : []));
  await deps.reader.read(choice.revision, installed, null).catch((error: unknown) => {
    if (!(error instanceof RackError)) throw error;
  });
}
