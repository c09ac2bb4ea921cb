/**
 * Runs a helper program that takes long and says how far it is: each line of its output is handed on while it works, and only the last ones are kept, so that no output is too long. For short ones
 * there is `runProgram`. As there: absolute paths, never a shell, always a deadline.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { lineReader } from '../../lib/index.js';
import { RackError } from '../../model/index.js';
import { findProgram, programEnvironment } from './programs.js';

/** Lines that are kept for messages. */
const tailLines = 20;
/** From the request to end to the end by force, ms. */
const usualGraceMs = 2_000;

export interface StreamOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Each line of stdout and stderr. */
  readonly onLine?: (line: string) => void;
  /** Besides PATH and LC_ALL. */
  readonly env?: Readonly<Record<string, string>>;
  /** Around the fork, which happens before `start` returns. */
  readonly within?: <T>(start: () => T) => T;
  /** From the request to end to the end by force; 0 for a program that has nothing to bring to an end. */
  readonly graceMs?: number;
  /** Ends what the program started, where ending the program's group is not enough; called once, at the deadline or when aborted. */
  readonly end?: () => Promise<void>;
}

export interface StreamResult {
  /** Null when the deadline ended it; 128 + signal when a signal did. */
  readonly exitCode: number | null;
  /** Last lines of stdout and stderr, oldest first. */
  readonly tail: readonly string[];
  readonly durationMs: number;
  /** Program, how it ended, its last lines: for messages. */
  readonly explain: string;
}

/**
 * Never throws for a failing program. It is the leader of a group of its own, so that an interrupt typed at the terminal is ours to handle, and that group is ended with it. Errors: E_PROGRAM_MISSING;
 * the signal's reason, once it has ended.
 */
export async function streamProgram(
  name: string,
  args: readonly string[],
  options: StreamOptions,
): Promise<StreamResult> {
  const path = findProgram(name);
  if (path === null) {
    throw new RackError('E_PROGRAM_MISSING', `cannot find the program "${name}"`, {
      hint: 'run rackops doctor; it says what to install',
    });
  }
  options.signal?.throwIfAborted();
  const startedAt = performance.now();
  const { within = (start) => start() } = options;
  const child = within(() =>
    spawn(path, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...programEnvironment, ...options.env },
      cwd: '/',
      detached: true,
    }),
  );
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    const reader = lineReader((line) => {
      if (tail.push(line) > tailLines) tail.shift();
      options.onLine?.(line);
    });
    stream?.setEncoding('utf8').on('data', reader.push).on('end', reader.end);
  }
  const { exitCode, late } = await endOf(child, name, options);
  const durationMs = Math.round(performance.now() - startedAt);
  const how = late ? `no end within ${options.timeoutMs}ms` : `exit code ${exitCode}`;
  const said = tail.slice(-3).join(' | ');
  return {
    exitCode: late ? null : exitCode,
    tail,
    durationMs,
    explain: `${name}: ${how} after ${durationMs}ms${said === '' ? '' : `: ${said}`}`,
  };
}

/** `close`, not `exit`: the last lines have been read then. */
async function endOf(
  child: ChildProcess,
  name: string,
  { timeoutMs, signal, end = async () => {}, graceMs = usualGraceMs }: StreamOptions,
): Promise<{ readonly exitCode: number; readonly late: boolean }> {
  let late = false;
  let ending: Promise<void> | null = null;
  let force: NodeJS.Timeout | undefined;
  const stop = (): void => {
    ending ??= end();
    signalGroup(child, 'SIGTERM');
    force ??= setTimeout(() => {
      signalGroup(child, 'SIGKILL');
      // Whoever else has the pipes does not hold us up.
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, graceMs);
  };
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, timeoutMs);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', (cause) => {
        reject(new RackError('E_PROGRAM_MISSING', `cannot run the program "${name}"`, { cause }));
      });
      child.once('close', (code, by) => {
        resolve(code ?? (by === null ? 255 : 128 + constants.signals[by]));
      });
    });
    await ending;
    signal?.throwIfAborted();
    return { exitCode, late };
  } finally {
    clearTimeout(timer);
    clearTimeout(force);
    signal?.removeEventListener('abort', stop);
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}
