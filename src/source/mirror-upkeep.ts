/**
 * Keeps the mirror: makes it, brings it up to date, makes it anew when it is damaged, removes what a killed process left in it.
 * Writes only the mirror's directory and its temporary names beside it. Does not read the repository's content, and does not
 * decide when it is damaged beyond what a failed fetch says.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CommitVerification,
  type Emit,
  type HostConfig,
  type HostPath,
  hostPath,
  RackError,
  type RepositoryUrl,
} from '../model/index.js';
import { checkAuthFiles, secretsOf } from './auth.js';
import { endOrphanedGit } from './children.js';
import { localGlobalConfig, mirrorConfig, usualSearchPath } from './environment.js';
import { failureOf, type GitOutcome, mirrorTrouble } from './failure.js';
import { createGitRunner, type GitRunner, type GitText } from './git.js';
import {
  ensureParent,
  liveGit,
  lockFiles,
  looksWhole,
  makingPath,
  packCount,
  removeStaleLocks,
  removeTornPacks,
  replaceMirror,
  sweepBeside,
  writeIfChanged,
} from './mirror-directory.js';
import type { RunTool } from './ports.js';
import { checkBranch, checkUrl, isRevision, redactUrl } from './remote.js';

export interface MirrorOptions {
  /** `<state>/mirror`; temporary names are made beside it. */
  readonly directory: HostPath;
  readonly url: RepositoryUrl;
  readonly branch: string;
  readonly auth: HostConfig['repository']['auth'];
  /** Deadline of each Git process, ms. */
  readonly timeoutMs: number;
  /** In the arguments of every Git process, so that it can be seen whose they are. */
  readonly runDirectory: HostPath;
  readonly emit: Emit;
  /** Absent: commits need no signature. */
  readonly verification?: { readonly policy: CommitVerification; readonly runTool: RunTool };
  /** Certificates (PEM) to trust instead of the host's store; host.yaml has no field for it. */
  readonly caFile?: HostPath;
  /** Directories with git and its helpers, as in PATH, instead of the usual ones; for tests. */
  readonly searchPath?: string;
}

/** Where the branch's tip is kept. */
export const tipRef = 'refs/rackops/tip';
/** More packs than this are joined into one: reading looks into each. */
const maxPacks = 40;

export interface Upkeep {
  readonly runner: GitRunner;
  /** The address as it may be shown. */
  readonly shown: string;
  /** A mirror is there, with our configuration and, at the first call of this process, without leftovers of killed ones. */
  open(): Promise<void>;
  /** Commits or tags that these full names have on the remote; one process. Errors: those of `Source.tip`. */
  lsRemote(doing: string, refs: readonly string[], signal?: AbortSignal): Promise<Map<string, string>>;
  /** Fetches one refspec; a damaged mirror is made anew, stale locks are removed. Errors: those of `Source.fetch`, E_GIT_LOCKED. */
  fetchRef(refspec: string, doing: string, signal?: AbortSignal): Promise<void>;
  /** Commit that the mirror's own tip names; null before the first fetch. One small file. */
  tip(): Promise<string | null>;
  /** A fresh mirror in place of the damaged one; the old one stays when the remote does not answer. Event MirrorRemade. */
  remake(reason: string, doing: string, signal?: AbortSignal): Promise<void>;
  /** Joins packs when they have become many; a failure is only a warning. */
  repackWhenDue(): Promise<void>;
  /** The error for a failed command, without credentials. */
  failure(doing: string, outcome: GitOutcome): Promise<RackError>;
}

/** `onNew`: the mirror was made or made anew, so nothing is known of its objects. */
export function createUpkeep(options: MirrorOptions, onNew: () => void): Upkeep {
  const { directory, url, branch, auth, timeoutMs, emit } = options;
  const startedAt = Date.now();
  const shown = redactUrl(url.url);
  const globalConfigFile = `${directory}.gitconfig`;
  const runner = createGitRunner({
    mirror: directory,
    parent: hostPath(dirname(directory)),
    runDirectory: options.runDirectory,
    kind: url.kind,
    globalConfig: url.kind === 'local' ? globalConfigFile : '/dev/null',
    searchPath: options.searchPath ?? usualSearchPath,
  });
  let opened = false;

  async function failure(doing: string, outcome: GitOutcome): Promise<RackError> {
    return failureOf(doing, outcome, await secretsOf(auth), Date.now());
  }

  /** Makes an empty repository at `at` with our configuration. */
  async function init(at: HostPath): Promise<void> {
    await rm(at, { recursive: true, force: true });
    await mkdir(at, { mode: 0o700 });
    const doing = `cannot make the Git mirror "${directory}"`;
    const args = [
      'init',
      '--quiet',
      '--bare',
      '--template=',
      '--object-format=sha1',
      '--initial-branch=main',
      '--',
      at,
    ];
    const made = await runner.text(args, { doing, directory: null, timeoutMs, withoutTemplate: true });
    if (made.exitCode !== 0) throw await failure(doing, made);
    await configure(at);
  }

  /** Credential files are fit, and the configuration is still ours: a `plan` with an edited host.yaml may have written another. */
  async function beforeRemote(): Promise<void> {
    await checkAuthFiles(auth);
    await configure(directory);
  }

  async function configure(at: HostPath): Promise<void> {
    await writeIfChanged(`${at}/config`, mirrorConfig({ url, auth, caFile: options.caFile ?? null }));
  }

  /** First call of this process: a mirror is there, with our configuration and without leftovers. */
  async function open(): Promise<void> {
    if (opened && (await looksWhole(directory))) return;
    checkUrl(url);
    checkBranch(branch);
    await ensureParent(directory);
    if (url.kind === 'local') await writeIfChanged(globalConfigFile, localGlobalConfig);
    await endOrphanedGit(directory);
    await sweepBeside(directory);
    if (await looksWhole(directory)) {
      await configure(directory);
      await removeTornPacks(directory);
      reportLocks(await removeStaleLocks(directory, startedAt));
    } else {
      const replaced = (await lockFiles(directory)).length > 0 || (await packCount(directory)) > 0;
      const making = makingPath(directory);
      await init(making);
      await replaceMirror(making, directory);
      onNew();
      if (replaced || opened) emit({ code: 'MirrorRemade', reason: 'it was incomplete' });
    }
    opened = true;
  }

  function reportLocks(removed: readonly string[]): void {
    if (removed.length === 0) return;
    const message = `removed stale lock files from the Git mirror: ${removed.join(', ')}`;
    emit({ code: 'Warning', warning: 'StaleLockRemoved', message });
  }

  function fetchInto(at: HostPath, refspec: string, doing: string, signal?: AbortSignal): Promise<GitText> {
    const args = [
      'fetch',
      '--verbose',
      '--no-tags',
      '--no-recurse-submodules',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
      '--refmap=',
      '--',
      url.url,
      refspec,
    ];
    return runner.text(args, { doing, directory: at, signal, timeoutMs, writes: true });
  }

  /** A fresh mirror in place of the damaged one; the old one stays when the remote does not answer. */
  async function remake(reason: string, doing: string, signal?: AbortSignal): Promise<void> {
    await checkAuthFiles(auth);
    const making = makingPath(directory);
    try {
      await init(making);
      const fetched = await fetchInto(making, `+refs/heads/${branch}:${tipRef}`, doing, signal);
      if (fetched.exitCode !== 0) throw await failure(doing, fetched);
      await replaceMirror(making, directory);
    } finally {
      await rm(making, { recursive: true, force: true });
    }
    onNew();
    emit({ code: 'MirrorRemade', reason });
  }

  async function fetchRef(refspec: string, doing: string, signal?: AbortSignal): Promise<void> {
    await beforeRemote();
    const until = Date.now() + timeoutMs;
    for (;;) {
      const fetched = await fetchInto(directory, refspec, doing, signal);
      if (fetched.exitCode === 0) return;
      const trouble = mirrorTrouble(fetched);
      if (trouble === 'corrupt') {
        // Also what a server's broken pack looks like; then the fresh mirror fails in the same way, and the old one stays.
        await remake('it was damaged', doing, signal);
        if (refspec.endsWith(`:${tipRef}`)) return;
        continue;
      }
      if (trouble !== 'locked') throw await failure(doing, fetched);
      await waitForLocks(doing, until, signal);
    }
  }

  /** Another rackops (`plan`) fetches at the same moment: wait for it. Nobody does: the locks are stale. */
  async function waitForLocks(doing: string, until: number, signal?: AbortSignal): Promise<void> {
    const pid = await liveGit(directory);
    if (pid === null) {
      reportLocks(await removeStaleLocks(directory, Number.POSITIVE_INFINITY));
    } else if (Date.now() >= until) {
      throw new RackError('E_GIT_LOCKED', `${doing}: process ${pid} of another rackops works on the mirror`, {
        hint: 'wait for it',
      });
    }
    await sleep(200);
    signal?.throwIfAborted();
    if (Date.now() >= until + timeoutMs) {
      throw new RackError('E_GIT_LOCKED', `${doing}: the mirror stays locked`, { hint: `see ${directory}` });
    }
  }

  async function lsRemote(
    doing: string,
    refs: readonly string[],
    signal?: AbortSignal,
  ): Promise<Map<string, string>> {
    await beforeRemote();
    const args = ['ls-remote', '--', url.url, ...refs];
    const answer = await runner.text(args, { doing, directory, signal, timeoutMs });
    if (answer.exitCode !== 0) throw await failure(doing, answer);
    const found = new Map<string, string>();
    for (const line of answer.stdout.split('\n')) {
      const [oid, name] = line.split('\t');
      // Git matches the end of names: `x/refs/heads/main` would do, too.
      if (oid !== undefined && name !== undefined && refs.includes(name)) found.set(name, oid);
    }
    return found;
  }

  async function repackWhenDue(): Promise<void> {
    if ((await packCount(directory)) <= maxPacks) return;
    // Keeps what no ref names any more: the applied revision may be such a commit after a forced push.
    const args = ['repack', '-a', '-d', '--keep-unreachable', '--quiet'];
    const packed = await runner
      .text(args, { doing: 'cannot repack the Git mirror', directory, timeoutMs, writes: true })
      .catch(() => null);
    if (packed === null || packed.exitCode !== 0) {
      emit({
        code: 'Warning',
        warning: 'RepackFailed',
        message: 'the Git mirror could not be repacked; it still works',
      });
    }
  }

  async function tip(): Promise<string | null> {
    const text = (await readFile(`${directory}/${tipRef}`, 'utf8').catch(() => '')).trim();
    return isRevision(text) ? text : null;
  }

  return { runner, shown, open, tip, lsRemote, fetchRef, remake, repackWhenDue, failure };
}
