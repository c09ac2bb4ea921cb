/**
 * Which revision a pass works on: the branch's tip when it may be accepted, else the last one that was.
 * The accepted revision is persisted before anything is done with it, so that history can only move forward, crash or not.
 */
import { errorMessage } from '../lib/index.js';
import { type AppliedRecord, type Emit, type HostConfig, RackError, type Verified } from '../model/index.js';
import { acceptTip, type Source } from '../source/index.js';
import type { ReadableStore, Store } from '../store/index.js';

export interface RevisionChoice {
  /** Null: nothing was ever applied here and the remote cannot be read. */
  readonly revision: string | null;
  readonly applied: AppliedRecord;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
}

interface OfferDeps {
  readonly config: { readonly repository: Pick<HostConfig['repository'], 'verify'> };
  readonly source: Source;
  readonly store: Pick<ReadableStore, 'applied'>;
  /** Digest of repository URL, branch and path. */
  readonly sourceDigest: string;
  readonly signal: AbortSignal;
}

export interface RevisionDeps extends OfferDeps {
  readonly store: Pick<Store, 'applied' | 'writeApplied'>;
  readonly emit: Emit;
}

/** `isNew`: it was not the applied one before. Never throws for a remote that is down or a tip that is refused: that is in `error`. */
export async function chooseRevision(
  deps: RevisionDeps,
  allowRewind: string | null,
): Promise<RevisionChoice & { readonly isNew: boolean }> {
  const applied = await readApplied(deps);
  try {
    const { tip, verified } = await acceptedTip(deps, applied, allowRewind);
    const isNew = tip !== applied.revision;
    if (!isNew && verified === (applied.verified ?? null))
      return { revision: tip, applied, isNew, error: null };
    if (isNew) deps.emit({ code: 'RevisionSeen', revision: tip, previous: applied.revision });
    const { verified: _, ...unverified } = applied;
    const next = { ...unverified, revision: tip, ...(verified === null ? {} : { verified }) };
    await deps.store.writeApplied(next);
    return { revision: tip, applied: next, isNew, error: null };
  } catch (error) {
    return { ...stayingAt(deps, applied, error), isNew: false };
  }
}

/**
 * For `plan`: the same checks without the acts. A `ref` is a person's choice and is not compared with what was applied, but it is signed as everything else is.
 * Errors: E_GIT_REF, and those of `Source.verify` for a `ref`.
 */
export async function chooseForPlan(deps: OfferDeps, ref: string | null): Promise<RevisionChoice> {
  const applied = await readApplied(deps);
  if (ref === null) {
    try {
      return { revision: (await acceptedTip(deps, applied, null)).tip, applied, error: null };
    } catch (error) {
      return stayingAt(deps, applied, error);
    }
  }
  try {
    await deps.source.ensure(await deps.source.tip(deps.signal), deps.signal);
  } catch (error) {
    // The mirror may know the name although the remote is down.
    if (!(error instanceof RackError)) throw error;
  }
  const revision = await deps.source.resolve(ref);
  if (revision === null) {
    throw new RackError('E_GIT_REF', `cannot find "${ref}" in the repository`, {
      hint: 'name a branch, a tag or a commit',
    });
  }
  const isAhead = applied.revision !== null && (await deps.source.isAncestor(applied.revision, revision));
  await deps.source.verify(isAhead ? applied.revision : null, revision, deps.signal);
  return { revision, applied, error: null };
}

interface AcceptedTip {
  readonly tip: string;
  /** Null: no signatures are asked for. */
  readonly verified: Verified | null;
}

/** The remote's tip when it may be worked on. An unchanged one is not looked for in the mirror: its content may be remembered. */
async function acceptedTip(
  deps: OfferDeps,
  applied: AppliedRecord,
  allowRewind: string | null,
): Promise<AcceptedTip> {
  const { source, signal } = deps;
  if (deps.config.repository.verify !== null) await source.checkKeys(false);
  const tip = await source.tip(signal);
  const isKnown = tip === applied.revision;
  const verified = isKnown ? earlierVerdict(deps, applied) : undefined;
  if (verified !== undefined) return { tip, verified };
  await source.ensure(tip, signal);
  const isDescendant = applied.revision !== null && (await source.isAncestor(applied.revision, tip));
  const verdict = acceptTip({ applied: applied.revision, offered: tip, isDescendant, allowRewind });
  if (verdict === 'rewound')
    throw new RackError(
      'E_HISTORY_REWOUND',
      `cannot move to ${tip.slice(0, 12)}: it does not descend from the applied revision ${applied.revision?.slice(0, 12)}`,
      {
        blame: 'definition',
        hint: `push a revert commit instead, or run: rackops sync --allow-rewind ${tip}`,
      },
    );
  // Where history does not go on from the applied revision there is nothing to count from: the tip vouches for what it is built on.
  return { tip, verified: await source.verify(isDescendant ? applied.revision : null, tip, signal) };
}

/** Undefined: the applied revision is still to be verified, because signatures are asked for since then, or in another mode. */
function earlierVerdict({ config }: OfferDeps, applied: AppliedRecord): Verified | null | undefined {
  const { verify } = config.repository;
  if (verify === null) return null;
  const { verified } = applied;
  return verified?.revision === applied.revision && verified?.mode === verify.mode ? verified : undefined;
}

function stayingAt(deps: OfferDeps, applied: AppliedRecord, error: unknown): RevisionChoice {
  if (deps.signal.aborted) throw error;
  const code = error instanceof RackError ? error.code : 'E_INTERNAL';
  const hint =
    (error instanceof RackError ? error.hint : undefined) ?? 'the last applied revision stays in force';
  return { revision: applied.revision, applied, error: { code, message: errorMessage(error), hint } };
}

async function readApplied(deps: OfferDeps): Promise<AppliedRecord> {
  const applied = await deps.store.applied();
  if (applied?.sourceDigest === deps.sourceDigest) return applied;
  // Another repository or branch was configured by the host's administrator: its history has nothing to do with the old one's.
  return { format: 1, revision: null, fullyAppliedRevision: null, sourceDigest: deps.sourceDigest };
}

/** True for errors after which the remote deserves a pause. */
export function isRemoteDown(code: string): boolean {
  return code !== 'E_HISTORY_REWOUND' && code.startsWith('E_GIT');
}
