/**
 * Are the commits that a revision brings signed by somebody who may? Git checks, with keys from a throw-away directory; whatever is not clearly good is refused: no signature, an unknown or expired
 * key, a missing program, a deadline. Never decides what becomes of a refused revision.
 */
import { dirname } from 'node:path';
import {
  type CommitVerification,
  type HostPath,
  hostPath,
  RackError,
  type Verified,
} from '../model/index.js';
import { usualSearchPath } from './environment.js';
import { type GitOutcome, lastLine } from './failure.js';
import { createGitRunner, type GitCall, type GitRunner, type GitText } from './git.js';
import { type KeyDirectory, type KeyDirectoryDeps, withKeyDirectory } from './key-directory.js';
import type { MirrorOptions } from './mirror-upkeep.js';
import type { RunTool } from './ports.js';
import { readSignatureKeys, type SignatureKeys } from './signature-keys.js';
import {
  type CommitSignature,
  counts,
  type ListedKeys,
  parseSignatures,
  refusalOf,
  signatureFormat,
} from './signature-verdict.js';

/** Commits of one Git process: some 20 ms each on a host at rest, well within a deadline on a busy one. */
const perProcess = 25;
/** More commits than this since the last applied one are refused: nobody pushed them together, and checking them takes minutes. */
const maxCommits = 10_000;
/** Mode `head`: so many of the newest other commits are looked at, only to say how many have no signature that counts. */
const lookedAtBeside = 100;
/** A refused tip is not checked again at each poll, but after this time: the clock may have been wrong. Ms. */
const refusedForMs = 5 * 60_000;

interface VerifierOptions {
  readonly mirror: HostPath;
  readonly runDirectory: HostPath;
  readonly searchPath: string;
  readonly timeoutMs: number;
  readonly runTool: RunTool;
}

export interface Verifier {
  /** The key files can be read and list somebody. `thorough`: gpg takes its keys, too. Errors: E_SIG_CONFIG, E_SIG_VERIFIER. */
  checkKeys(thorough: boolean): Promise<void>;
  /**
   * `until` and, in mode `every`, all that is reachable from it and not from `since` (null: `until` alone) have signatures that count. Both are in the mirror. Errors: E_SIG_MISSING,
   * E_SIG_INVALID, E_SIG_KEY, each with the commit; E_SIG_CONFIG, E_SIG_VERIFIER.
   */
  verify(since: string | null, until: string, signal?: AbortSignal): Promise<Verified>;
}

/** Null where commits need no signature. */
export function verifierOf(options: MirrorOptions): Verifier | null {
  const { directory: mirror, runDirectory, searchPath = usualSearchPath, timeoutMs, verification } = options;
  if (verification === undefined) return null;
  const { policy, runTool } = verification;
  return createVerifier(policy, { mirror, runDirectory, searchPath, timeoutMs, runTool });
}

/** Verifier for one mirror; starts nothing before the first call. Calls must not overlap. */
function createVerifier(policy: CommitVerification, options: VerifierOptions): Verifier {
  const directory: KeyDirectoryDeps = options;
  let refused: { readonly key: string; readonly at: number; readonly error: RackError } | null = null;

  return {
    async checkKeys(thorough) {
      const keys = await readSignatureKeys(policy);
      if (thorough) await withKeyDirectory(directory, keys, async () => {});
    },
    async verify(since, until, signal) {
      const keys = await readSignatureKeys(policy);
      const key = `${keys.digest} ${since} ${until}`;
      if (refused?.key === key && Date.now() - refused.at < refusedForMs) throw refused.error;
      refused = null;
      try {
        return await withKeyDirectory(directory, keys, (opened) =>
          checkRange(
            policy.mode,
            runnerWith(options, opened),
            { ...options, keys, opened, signal },
            since,
            until,
          ),
        );
      } catch (error) {
        if (signal?.aborted) throw error;
        const verdict = asVerdict(error, until);
        if (verdict instanceof RackError && verdict.code !== 'E_SIG_VERIFIER')
          refused = { key, at: Date.now(), error: verdict };
        throw verdict;
      }
    },
  };
}

function runnerWith(options: VerifierOptions, { gitConfig, gnupgHome }: KeyDirectory): GitRunner {
  return createGitRunner({
    mirror: options.mirror,
    parent: hostPath(dirname(options.mirror)),
    runDirectory: options.runDirectory,
    // Nothing is fetched here; the kind only says which protocol would be allowed.
    kind: 'https',
    globalConfig: gitConfig,
    gnupgHome,
    searchPath: options.searchPath,
  });
}

interface Check extends VerifierOptions {
  readonly keys: SignatureKeys;
  readonly opened: KeyDirectory;
  readonly signal: AbortSignal | undefined;
}

async function checkRange(
  mode: CommitVerification['mode'],
  runner: GitRunner,
  check: Check,
  since: string | null,
  until: string,
): Promise<Verified> {
  await mustCount(runner, check, [until]);
  const others = (await between(runner, check, mode, since, until)).filter((revision) => revision !== until);
  if (mode === 'every') {
    for (let at = 0; at < others.length; at += perProcess)
      await mustCount(runner, check, others.slice(at, at + perProcess));
    return { mode, revision: until, unsigned: 0, firstUnsigned: null };
  }
  const signatures = others.length === 0 ? [] : await signaturesOf(runner, check, others);
  const unsigned = signatures.filter((signature) => !counts(signature, listed(check)));
  return { mode, revision: until, unsigned: unsigned.length, firstUnsigned: unsigned[0]?.revision ?? null };
}

/** Commits that `until` brings, newest first. */
async function between(
  runner: GitRunner,
  check: Check,
  mode: CommitVerification['mode'],
  since: string | null,
  until: string,
): Promise<readonly string[]> {
  if (since === null || since === until) return [];
  const limit = mode === 'every' ? maxCommits + 1 : lookedAtBeside;
  const list = await run(
    runner,
    check,
    ['rev-list', `--max-count=${limit}`, until, `^${since}`, '--'],
    until,
  );
  const revisions = list.stdout.split('\n').filter((line) => line !== '');
  if (list.exitCode !== 0 || !revisions.every((line) => /^[0-9a-f]{40}$/.test(line)))
    throw cannotCheck(until, lastLine(list));
  if (revisions.length <= maxCommits) return revisions;
  throw cannotCheck(until, `more than ${maxCommits} commits since ${since.slice(0, 12)}`);
}

/** All of them count, or the error names the first that does not. Two questions, as Git's answer to one alone has let the wrong through: the verdict with its key, and the exit code. */
async function mustCount(runner: GitRunner, check: Check, revisions: readonly string[]): Promise<void> {
  const signatures = await signaturesOf(runner, check, revisions);
  for (const signature of signatures) {
    if (counts(signature, listed(check))) continue;
    const { stderr, stdout } = await verifyCommit(runner, check, [signature.revision]);
    throw refusalOf(signature, `${stderr}\n${stdout}`.trim(), kindsOf(check.keys));
  }
  const verified = await verifyCommit(runner, check, revisions);
  if (verified.exitCode !== 0) throw cannotCheck(revisions[0] ?? '', lastLine(verified));
}

async function signaturesOf(
  runner: GitRunner,
  check: Check,
  revisions: readonly string[],
): Promise<readonly CommitSignature[]> {
  const args = ['log', '--no-walk=unsorted', '--no-show-signature', '--no-decorate', signatureFormat];
  const [first = ''] = revisions;
  const log = await run(runner, check, [...args, ...revisions, '--'], first);
  if (log.exitCode !== 0) throw cannotCheck(first, lastLine(log));
  const signatures = parseSignatures(log.stdout);
  const answered = signatures.map(({ revision }) => revision).join();
  if (answered !== revisions.join()) throw cannotCheck(first, 'git log did not answer for each commit');
  return signatures;
}

function verifyCommit(runner: GitRunner, check: Check, revisions: readonly string[]): Promise<GitText> {
  return run(runner, check, ['verify-commit', '--raw', ...revisions], revisions[0] ?? '');
}

function run(runner: GitRunner, check: Check, args: readonly string[], revision: string): Promise<GitText> {
  const call: GitCall = {
    doing: `cannot check the signature of commit ${revision.slice(0, 12)}`,
    directory: check.mirror,
    signal: check.signal,
    timeoutMs: check.timeoutMs,
  };
  return runner.text(args, call);
}

function listed({ keys, opened }: Check): ListedKeys {
  return { ssh: keys.sshFingerprints, gpg: opened.gpgFingerprints };
}

function kindsOf({ allowedSigners, gpgKeys }: SignatureKeys): string {
  return [...(allowedSigners === null ? [] : ['SSH']), ...(gpgKeys === null ? [] : ['OpenPGP'])].join(' or ');
}

/** What was not decided is no permission, and no trouble of the remote either: a deadline, a full disk, output that nobody knows. */
function asVerdict(error: unknown, revision: string): unknown {
  if (error instanceof RackError && error.code.startsWith('E_SIG_')) return error;
  if (error instanceof RackError) return cannotCheck(revision, error.message, error);
  return cannotCheck(revision, error instanceof Error ? error.message : String(error), error);
}

function cannotCheck(revision: string, outcome: string | GitOutcome, cause?: unknown): RackError {
  const why = typeof outcome === 'string' ? outcome : lastLine(outcome);
  return new RackError('E_SIG_VERIFIER', `cannot check the signature of commit ${revision}: ${why}`, {
    cause,
    hint: 'see rackops doctor; the last verified revision stays in force',
  });
}
