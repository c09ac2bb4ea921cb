/**
 * Runs one Git command through simple-git: constant arguments, fixed environment, a deadline, and nothing left running after it.
 * Knows nothing of what the command means. The only file that uses simple-git.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SimpleGit, simpleGit } from 'simple-git';
import { type HostPath, RackError, type RepositoryUrl } from '../model/index.js';
import { endMarked, markerOf } from './children.js';
import { gitEnvironment, ourGitVariables } from './environment.js';
import type { GitOutcome } from './failure.js';

export interface GitRunner {
  /** Runs git with these arguments; text of stdout. */
  text(args: readonly string[], call: GitCall): Promise<GitText>;
  /** `cat-file --batch` with object names on stdin; bytes of stdout. */
  batch(oids: readonly string[], call: GitCall): Promise<GitBytes>;
}

export interface GitCall {
  /** `cannot <verb> <thing>`: the beginning of a message about the deadline. */
  readonly doing: string;
  /** Repository to work on; null for `init`. */
  readonly directory: HostPath | null;
  readonly signal?: AbortSignal | undefined;
  /** Deadline of this call, ms. */
  readonly timeoutMs: number;
  /** More output than this ends the call with E_TOO_MANY_FILES. */
  readonly maxBytes?: number;
  /** True for calls that change the mirror: others wait for these when they find a lock. */
  readonly writes?: boolean;
  /** For `git init --template=` only: the one argument that simple-git refuses and that we need. */
  readonly withoutTemplate?: boolean;
}

export interface GitText extends GitOutcome {
  readonly stdout: string;
}

export interface GitBytes extends GitOutcome {
  readonly bytes: Buffer;
}

/**
 * Runner for one mirror. Exit codes are values; thrown are only E_GIT_TIMEOUT, E_TOO_MANY_FILES and the reason of the caller's signal,
 * and then no process of the call is alive any more.
 */
export function createGitRunner(options: {
  readonly mirror: HostPath;
  readonly parent: HostPath;
  readonly runDirectory: HostPath;
  readonly kind: RepositoryUrl['kind'];
  readonly globalConfig: string;
  readonly searchPath: string;
  /** Home of the gpg that checks signatures. */
  readonly gnupgHome?: HostPath;
}): GitRunner {
  async function run<T>(
    call: GitCall,
    start: (git: SimpleGit) => PromiseLike<T>,
    input?: string,
  ): Promise<GitOutcome & { value: T | null }> {
    call.signal?.throwIfAborted();
    const marker = markerOf(
      options.mirror,
      `${call.writes === true ? 'write' : 'read'}-${randomBytes(8).toString('hex')}`,
    );
    const stop = new AbortController();
    const outcome = { exitCode: -1, stderr: '' };
    let overflow = false;
    const git = simpleGit({
      // Not the mirror: it is away for a moment when it is replaced. GIT_DIR says where to work.
      baseDir: options.parent,
      abort: stop.signal,
      // Says to which installation the process belongs; Git ignores it.
      config: [`rackops.run=${options.runDirectory}`],
      allowEnvironment: ourGitVariables,
      unsafe: {
        // For GIT_CONFIG_GLOBAL, which is /dev/null or a file with constant content (docs/adr/0005-git-options.md).
        allowUnsafeConfigPaths: true,
        ...(call.withoutTemplate === true ? { allowUnsafeTemplateDir: true } : {}),
      },
      // simple-git takes a failure without text on stderr for success; exit codes are told apart here.
      errors: (error, result) => {
        outcome.exitCode = result.exitCode;
        outcome.stderr = Buffer.concat(result.stdErr).toString('utf8');
        if (error !== undefined && outcome.stderr === '') return error;
        return result.exitCode === 0 ? undefined : new Error('git failed');
      },
      ...(input === undefined ? {} : { input: () => input }),
    }).env(
      gitEnvironment({
        inherited: process.env,
        directory: call.directory,
        globalConfig: options.globalConfig,
        kind: options.kind,
        marker,
        searchPath: options.searchPath,
        gnupgHome: options.gnupgHome,
      }),
    );
    let received = 0;
    git.outputHandler((_command, stdout) => {
      stdout.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > (call.maxBytes ?? defaultMaxBytes)) {
          overflow = true;
          stop.abort();
        }
      });
    });

    let timedOut = false;
    const deadline = setTimeout(() => {
      timedOut = true;
      stop.abort();
    }, call.timeoutMs);
    const onAbort = (): void => stop.abort();
    call.signal?.addEventListener('abort', onAbort, { once: true });
    // Git gets a moment to remove its lock files (simple-git sends SIGINT), then whatever is left is killed.
    const ended = new Promise<null>((resolve) => {
      stop.signal.addEventListener('abort', () => {
        void sleep(graceMs)
          .then(() => endMarked(marker))
          .then(() => resolve(null));
      });
    });
    const finished = Promise.resolve(start(git)).then(
      (value) => ({ value, error: null }),
      (error: unknown) => ({ value: null, error }),
    );
    try {
      const first = await Promise.race([finished, ended]);
      if (stop.signal.aborted) {
        await ended;
        call.signal?.throwIfAborted();
        if (overflow) throw tooMuch(call);
        if (timedOut) throw tooLate(call);
      }
      if (
        first?.error !== null &&
        first?.error !== undefined &&
        outcome.exitCode === -1 &&
        outcome.stderr === ''
      ) {
        // Refused by simple-git itself or not started at all: a bug or a missing program, told as Git's own text would be.
        outcome.stderr = first.error instanceof Error ? first.error.message : String(first.error);
      }
      return { ...outcome, value: first?.value ?? null };
    } finally {
      clearTimeout(deadline);
      call.signal?.removeEventListener('abort', onAbort);
    }
  }

  return {
    async text(args, call) {
      const { value, exitCode, stderr } = await run(call, (git) => git.raw([...args]));
      return { stdout: value ?? '', exitCode, stderr };
    },
    async batch(oids, call) {
      const input = oids.map((oid) => `${oid}\n`).join('');
      const start = (git: SimpleGit): PromiseLike<unknown> => git.binaryCatFile(['--batch', '--buffer']);
      const { value, exitCode, stderr } = await run(call, start, input);
      return { bytes: Buffer.isBuffer(value) ? value : Buffer.alloc(0), exitCode, stderr };
    },
  };
}

/** Enough for 100,000 tree entries with long paths; a server must not fill the memory. Bytes. */
const defaultMaxBytes = 64 * 1024 * 1024;
/** Time for git to clean up after itself before it is killed, ms. */
const graceMs = 100;

function tooLate(call: GitCall): RackError {
  return new RackError('E_GIT_TIMEOUT', `${call.doing}: no answer within ${call.timeoutMs / 1000} s`, {
    hint: 'check the network, or raise repository.timeout; the last applied revision stays in force',
  });
}

function tooMuch(call: GitCall): RackError {
  return new RackError('E_TOO_MANY_FILES', `${call.doing}: the answer is too large`, {
    hint: 'give the racks a repository of their own',
  });
}
