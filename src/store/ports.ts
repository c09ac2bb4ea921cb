/**
 * What the agent remembers, below the state directory (0700). Old or new, never garbage: write to a temporary file, fsync, rename, fsync the directory.
 * A file that does not parse falls back to its previous generation (`.old`) with a Warning event; one of a newer format is refused (E_STATE_NEWER).
 */
import type {
  AppliedRecord,
  ChangedFiles,
  DesiredRack,
  DesiredState,
  Failure,
  HistoryEntry,
  ImageCheckRecord,
  ImageRef,
  PassReport,
  ProbeResult,
  Problem,
  RackRecord,
  RolloutJournal,
} from '../model/index.js';

/** What Git asked for at the last pass, for `status` and `why` without Git; written only when it changed. */
export interface DesiredSummary {
  readonly format: 1;
  readonly revision: string | null;
  readonly racks: readonly {
    readonly name: string;
    readonly image: ImageRef;
    readonly digest: string;
  }[];
  /** Names claimed by invalid files. */
  readonly invalid: readonly string[];
  readonly problems: readonly Problem[];
  readonly heldRemovals: readonly string[];
  readonly explanation: PassReport['explanation'];
  readonly sourceError: PassReport['sourceError'];
}

/** What a revision was read as, so that an unchanged one is neither read nor looked for again. Worth nothing under another key. */
export interface StoredDesired {
  readonly format: 1;
  /** Digest of all that the reading depended on. */
  readonly key: string;
  readonly desired: DesiredState;
  readonly problems: readonly Problem[];
  readonly folderMissing: boolean;
  /** True: the revision has no definition file at all. */
  readonly isEmpty: boolean;
  /** Repository entries of the racks' files, with the sha256 of their content. */
  readonly files: readonly {
    readonly sha256: string;
    readonly path: string;
    readonly mode: string;
    readonly oid: string;
    readonly sizeBytes: number | null;
  }[];
}

export interface LastPass {
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly result: 'ok' | 'failed' | 'partial';
}

/** Kept for a failed rollout. */
export interface Evidence {
  readonly rolloutId: string;
  readonly rack: string;
  readonly at: string;
  readonly image: ImageRef;
  readonly digest: string;
  readonly revision: string;
  readonly failure: Failure;
  readonly phases: readonly { readonly phase: string; readonly durationMs: number }[];
  /** Newest last, at most 50 a service. */
  readonly probes: readonly (ProbeResult & { readonly service: string })[];
  /** Last lines of each service. */
  readonly output: Readonly<Record<string, readonly string[]>>;
  /** What the failed version wrote, to the writable layer or, in a rehearsal, to its view. Absent in what older versions kept. */
  readonly changed?: ChangedFiles;
}

export interface Store {
  /** All rack records, sorted by rack; read from disk once and kept in memory by the holder of the lock. */
  records(): Promise<readonly RackRecord[]>;
  record(rack: string): Promise<RackRecord | null>;
  /** Durable when it returns. The commit point of a rollout is one call of this. */
  writeRecord(record: RackRecord): Promise<void>;
  deleteRecord(rack: string): Promise<void>;

  /** Open journals, sorted by rack. */
  journals(): Promise<readonly RolloutJournal[]>;
  writeJournal(journal: RolloutJournal): Promise<void>;
  deleteJournal(rack: string): Promise<void>;

  applied(): Promise<AppliedRecord | null>;
  writeApplied(record: AppliedRecord): Promise<void>;

  summary(): Promise<DesiredSummary | null>;
  /** Writes only when it differs from what is on disk. */
  writeSummary(summary: DesiredSummary): Promise<void>;

  /** Null also when it is damaged: it can be read from Git again. */
  desired(): Promise<StoredDesired | null>;
  /** Atomic, not fsynced. */
  writeDesired(desired: StoredDesired): Promise<void>;

  lastPass(): Promise<LastPass | null>;
  /** The time stamp of an idle pass: one small file, atomic, not fsynced. */
  writeLastPass(lastPass: LastPass): Promise<void>;

  /** The last check of the images; null: never, or it is damaged. */
  imageCheck(): Promise<ImageCheckRecord | null>;
  /** Atomic, not fsynced; also for commands without the lock: the newest check counts. */
  writeImageCheck(check: ImageCheckRecord): Promise<void>;

  /** Contents of `files`, by sha256 (64 hex). Durable when it returns. */
  putBlob(sha256: string, content: Uint8Array): Promise<void>;
  /** Blobs that no record and no journal names are gone. */
  sweepBlobs(racks: readonly DesiredRack[]): Promise<void>;

  /** Newest last; `rack` null = all. Append only, rotated beyond 10,000 entries. */
  history(rack: string | null, limit: number): Promise<readonly HistoryEntry[]>;
  appendHistory(entry: HistoryEntry): Promise<void>;

  evidence(rack: string): Promise<readonly Evidence[]>;
  /** Kept: the last 5 of a rack. */
  writeEvidence(evidence: Evidence): Promise<void>;
  deleteEvidence(rack: string): Promise<void>;

  /** `suspend` without a rack. */
  hostSuspended(): Promise<{ readonly at: string } | null>;
  writeHostSuspended(suspended: { readonly at: string } | null): Promise<void>;
}

/** What commands that hold no lock may use: reads only, but for the result of a check, and never fails because nothing is there yet. */
export type ReadableStore = Pick<
  Store,
  | 'records'
  | 'record'
  | 'journals'
  | 'applied'
  | 'summary'
  | 'desired'
  | 'lastPass'
  | 'history'
  | 'evidence'
  | 'hostSuspended'
  | 'imageCheck'
  | 'writeImageCheck'
>;
