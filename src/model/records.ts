/**
 * What the agent remembers between passes, one file per rack, so that racks do not wait for one another and a commit is one rename.
 * All are JSON with a `format` number; `store/` reads, writes and migrates them.
 */
import type { DesiredRack, ImageRef } from './desired.js';
import type { LayerStack } from './layers.js';
import type { ShadowDrop } from './shadow.js';

export type Health = 'healthy' | 'unhealthy' | 'unknown';

/** Identity of a mounted tree: what its source string says. */
export interface TreeIdentity extends LayerStack {
  readonly generation: number;
  readonly digest: string;
}

/** What was committed on this host for a rack. */
export interface CommittedRack {
  readonly desired: DesiredRack;
  readonly generation: number;
  /** ISO time of the commit point. */
  readonly since: string;
  /** The tree it runs in, and the generation its services were started as: older than `generation` when a definition was taken over without a stop. */
  readonly tree: TreeIdentity;
}

export interface QuarantineEntry {
  readonly digest: string;
  readonly image: ImageRef;
  readonly revision: string;
  /** `ProbeFailed`, `StartFailed`, `Interrupted` …: a word for programs. */
  readonly reason: string;
  /** One line for people. */
  readonly message: string;
  readonly at: string;
  readonly rolloutId: string;
}

/** Inventory entry of one rack: proof that what is on the host under this name is ours. */
export interface RackRecord {
  readonly format: 1;
  readonly rack: string;
  /** Highest generation ever given out, also to rollouts that failed. */
  readonly lastGeneration: number;
  /** Null: never installed with success, or removed. */
  readonly committed: CommittedRack | null;
  /** Digests that were committed here, newest last, the running one included: going back to one of them needs no rehearsal. Absent before the first commit. */
  readonly committedDigests?: readonly string[];
  /** Rollout that wrote this record last; equal to an open journal's id means: already committed, only sweep. */
  readonly rolloutId: string | null;
  readonly quarantined: readonly QuarantineEntry[];
  /** Why the last try at `digest` failed without being the version's fault; tried again at each pass. Null after success. */
  readonly lastFailure: {
    readonly digest: string;
    readonly reason: string;
    readonly message: string;
    readonly at: string;
  } | null;
  readonly suspended: { readonly at: string } | null;
  /** Set before a removal begins, so that a crash in the middle does not bring the rack back. */
  readonly removing: { readonly at: string; readonly revision: string } | null;
  /** Set when the rack is gone and its writable directory stays until `purge`. */
  readonly removedAt: string | null;
  /** The last health verdict with its time; of the committed version. */
  readonly health: { readonly verdict: Health; readonly at: string } | null;
  /** `rollout.onFailure: hold`: the failed version was left running for a person to look at. */
  readonly held: { readonly reason: string; readonly message: string; readonly at: string } | null;
}

/** In the order of a rollout. */
const rolloutPhases = [
  'begin',
  'fetch',
  'prepare',
  'rehearse',
  'touch',
  'stop',
  'unmount',
  'seal',
  'mount',
  'start',
  'bake',
  'commit',
] as const;

export type RolloutPhase = (typeof rolloutPhases)[number];

/** The one that a rollout reaches later. */
export function laterPhase(one: RolloutPhase, other: RolloutPhase): RolloutPhase {
  return rolloutPhases.indexOf(one) > rolloutPhases.indexOf(other) ? one : other;
}

/** Why a rollout failed; kept in the journal, the quarantine and the evidence. */
export interface Failure {
  readonly reason: string;
  readonly message: string;
  readonly phase: RolloutPhase;
  readonly service?: string;
  /** Set when an image did not fit on the disk: its bytes. */
  readonly wantedBytes?: number;
}

/** What a failed version wrote: evidence for people. */
export interface ChangedFiles {
  /** As the rack sees them, sorted, control characters escaped; some more words behind a path that was deleted. */
  readonly files: readonly string[];
  /** False when there are more than were looked for. */
  readonly complete: boolean;
}

/** The journal of one rollout: what was meant. Written before acting; the kernel says what is true. */
export interface RolloutJournal {
  readonly format: 1;
  readonly rolloutId: string;
  readonly rack: string;
  readonly startedAt: string;
  readonly bootId: string;
  readonly from: CommittedRack | null;
  readonly to: { readonly desired: DesiredRack; readonly tree: TreeIdentity };
  /** Last phase that was journaled; only `begin`, `touch` and `bake` are written on the way forward. */
  readonly phase: RolloutPhase;
  readonly direction: 'forward' | 'rollback';
  readonly failure: Failure | null;
  /** Crashes from phase `touch` on that may still happen before a rollback with reason `Interrupted`. */
  readonly triesLeft: number;
  /** Failed rollbacks so far, and when the next may be tried (ms since the epoch); the rack is `Stalled` meanwhile. */
  readonly rollbackAttempts: number;
  readonly retryAt: number | null;
  /** `snapshot restore --discard`: the data of the stop become no snapshot. Absent: they do, where the rollout seals them. */
  readonly discards?: boolean;
  /** What leaves the writable layer at the swap; known from phase `touch` on. Absent: nothing. */
  readonly drops?: readonly ShadowDrop[];
  /** `retry` was asked for while the way back was still open: the version is not quarantined when it ends. */
  readonly forgiven?: boolean;
}

/** Crashes that a rollout survives from phase `touch` on before it is rolled back as `Interrupted`. */
export const triesPerRollout = 3;

/** What was checked of the signatures of a revision before it was accepted. */
export interface Verified {
  readonly mode: 'head' | 'every';
  readonly revision: string;
  /** Mode `head` lets them pass: commits that came with the tip and have no signature that counts; of the newest 100. */
  readonly unsigned: number;
  /** The newest of them. */
  readonly firstUnsigned: string | null;
}

/** Which revision was applied, and what the last pass found; a reboot with Git down starts from here. */
export interface AppliedRecord {
  readonly format: 1;
  /** Last revision that was read and accepted (persisted before it is acted on); history may only move forward from it. */
  readonly revision: string | null;
  /** Last revision whose whole content was applied; allowances count from it. */
  readonly fullyAppliedRevision: string | null;
  /** Digest of repository URL, branch and path that the revisions belong to. */
  readonly sourceDigest: string;
  /** Signatures of `revision`; absent: none were asked for. */
  readonly verified?: Verified;
}

export interface HistoryEntry {
  readonly at: string;
  readonly rack: string;
  readonly rolloutId: string | null;
  readonly event:
    | 'installed'
    | 'swapped'
    | 'adopted'
    | 'sealed'
    | 'restored'
    | 'reset'
    | 'rolled-back'
    | 'failed'
    | 'held'
    | 'healed'
    | 'removed'
    | 'purged'
    | 'suspended'
    | 'resumed'
    | 'retried';
  readonly revision: string | null;
  readonly fromImage: ImageRef | null;
  readonly toImage: ImageRef | null;
  readonly digest: string | null;
  readonly generation: number | null;
  readonly reason: string;
  readonly message: string;
  readonly durationMs: number;
}
