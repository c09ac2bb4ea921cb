/**
 * Which revision a pass works on: the branch's tip when it may be accepted, else the last one that was.
 * The accepted revision is persisted before anything is done with it, so that history can only move forward, crash or not.
 */
import { errorMessage } from '../lib/index.js';
import { type AppliedRecord, type Emit, RackError } from '../model/index.js';
import type { Source } from '../source/index.js';
import type { Store } from '../store/index.js';

export interface RevisionChoice {
  /** Null: nothing was ever applied here and the remote cannot be read. */
  readonly revision: string | null;
  readonly applied: AppliedRecord;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

export interface RevisionDeps {
  readonly source: Source;
  readonly store: Store;
  readonly emit: Emit;
  /** Digest of repository URL, branch and path. */
  readonly sourceDigest: string;
  readonly signal: AbortSignal;
}

/** Never throws for a remote that is down or a tip that is refused: that is in `error`. */
export async function chooseRevision(
  deps: RevisionDeps,
  allowRewind: string | null,
): Promise<RevisionChoice> {
  const applied = await readApplied(deps);
  try {
    const tip = await deps.source.tip(deps.signal);
    if (!(await deps.source.has(tip))) await deps.source.fetch(deps.signal);
    if (tip === applied.revision) return { revision: tip, applied, error: null };
    await refuseRewind(deps, applied, tip, allowRewind);
    deps.emit({ code: 'RevisionSeen', revision: tip, previous: applied.revision });
    const next = { ...applied, revision: tip };
    await deps.store.writeApplied(next);
    return { revision: tip, applied: next, error: null };
  } catch (error) {
    if (deps.signal.aborted) throw error;
    const code = error instanceof RackError ? error.code : 'E_INTERNAL';
    const hint =
      (error instanceof RackError ? error.hint : undefined) ?? 'the last applied revision stays in force';
    return { revision: applied.revision, applied, error: { code, message: errorMessage(error), hint } };
  }
}

async function readApplied(deps: RevisionDeps): Promise<AppliedRecord> {
  const applied = await deps.store.applied();
  if (applied?.sourceDigest === deps.sourceDigest) return applied;
  // Another repository or branch was configured by the host's administrator: its history has nothing to do with the old one's.
  return { format: 1, revision: null, fullyAppliedRevision: null, sourceDigest: deps.sourceDigest };
}

async function refuseRewind(
  deps: RevisionDeps,
  applied: AppliedRecord,
  tip: string,
  allowRewind: string | null,
): Promise<void> {
  if (applied.revision === null) return;
  if (allowRewind !== null && tip.startsWith(allowRewind)) return;
  const known = await deps.source.has(applied.revision);
  if (known && (await deps.source.isAncestor(applied.revision, tip))) return;
  throw new RackError(
    'E_HISTORY_REWOUND',
    `cannot move to ${tip.slice(0, 12)}: it does not descend from the applied revision ${applied.revision.slice(0, 12)}`,
    { blame: 'definition', hint: `push a revert commit instead, or run: rackops sync --allow-rewind ${tip}` },
  );
}

/** True for errors after which the remote deserves a pause. */
export function isRemoteDown(code: string): boolean {
  return code !== 'E_HISTORY_REWOUND' && code.startsWith('E_GIT');
}
