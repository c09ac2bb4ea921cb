/**
 * The Git repository as the reconciler sees it. A bare mirror; only blobs are read, nothing is ever checked out.
 * Every call has a deadline (`repository.timeout`) and ends its children; errors are `RackError`s with E_GIT_… codes and never show a credential.
 */
import type { Verified } from '../model/index.js';

/** Runs a helper program with constant arguments and a deadline; as `runProgram` of the Linux host. Never throws for a failing program. Error: E_PROGRAM_MISSING. */
export type RunTool = (
  program: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly env: Readonly<Record<string, string>> },
) => Promise<{
  /** Null: ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly timedOut: boolean;
  /** For messages. */
  readonly explain: string;
}>;

export interface TreeEntry {
  /** Path in the repository, `/` between parts, no leading slash. */
  readonly path: string;
  /** `100644`, `100755`, `120000` (symbolic link), `160000` (submodule). */
  readonly mode: string;
  readonly oid: string;
  /** Bytes; null for submodules. */
  readonly sizeBytes: number | null;
}

export interface Source {
  /**
   * Commit that the configured branch points to on the remote, by one `git ls-remote`: 40 hex digits.
   * Errors: E_GIT_UNREACHABLE, E_GIT_AUTH, E_GIT_REF (no such branch, or an empty repository), E_GIT_TIMEOUT, E_GIT_REDIRECT,
   * E_GIT_HOST_KEY, E_GIT_TLS, E_GIT_AUTH_FILE, E_GIT_URL, E_GIT_REF_NAME, E_GIT_OBJECT_FORMAT, E_GIT (anything else), E_STATE (the directory).
   */
  tip(signal?: AbortSignal): Promise<string>;
  /** Brings the mirror up to the branch's tip. A mirror that is corrupt or has stale locks is made anew (event MirrorRemade) without touching anything else. */
  fetch(signal?: AbortSignal): Promise<void>;
  /** The mirror holds this tip of the branch: fetched, unless it was seen in this run or the mirror's own tip is that commit. Errors: those of `fetch`. */
  ensure(revision: string, signal?: AbortSignal): Promise<void>;
  /**
   * Resolves a branch, tag or (short) commit; null when there is none. Another branch than the configured one, or a tag, is fetched first.
   * Error: E_GIT_REF_NAME for text that can be none of these; else those of `tip`.
   */
  resolve(ref: string): Promise<string | null>;
  /**
   * All entries of the commit's tree, recursive, sorted by path. Errors: E_TOO_MANY_FILES beyond 100,000, E_GIT_REF (never fetched),
   * E_GIT_CORRUPT (damaged, and the remote is down; every reader has these two).
   */
  list(revision: string): Promise<readonly TreeEntry[]>;
  /** Contents by oid, in few processes however many there are. Blobs over 1 MiB must not be asked for. */
  readBlobs(entries: readonly TreeEntry[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** True when `ancestor` is `descendant` or reachable from it; false for an ancestor that the mirror does not hold (made anew meanwhile). */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Messages of the commits reachable from `until` and not from `since` (null, or not in the mirror: only `until` itself), newest first, at most 1,000. */
  messages(since: string | null, until: string): Promise<readonly string[]>;
  /**
   * Whose signatures count can be told; nothing to do where `repository.verify` asks for none. `thorough`: gpg takes its keys, too, which starts processes.
   * Errors: E_SIG_CONFIG, E_SIG_VERIFIER.
   */
  checkKeys(thorough: boolean): Promise<void>;
  /**
   * What `until` brings beyond `since` (null: `until` alone counts) is signed as `repository.verify` asks for; null where it asks for nothing. Errors: E_SIG_MISSING, E_SIG_INVALID, E_SIG_KEY,
   * each naming the commit, E_SIG_CONFIG, E_SIG_VERIFIER: then nothing of it may be applied.
   */
  verify(since: string | null, until: string, signal?: AbortSignal): Promise<Verified | null>;
}
