/**
 * Runs helper programs: absolute paths found once, constant arguments, never a shell, always a deadline. The only file of the agent that calls execa.
 * Helpers inherit the agent's lock descriptor, so that the lock is free only when they are gone too.
 */
import { accessSync, constants } from 'node:fs';
import { RackError } from '../../model/index.js';

const directories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const found = new Map<string, string>();

/** All that a helper program finds in its environment unless told more. */
export const programEnvironment: Readonly<Record<string, string>> = {
  PATH: directories.join(':'),
  LC_ALL: 'C',
};

/** Absolute path of a program, null when this host lacks it. Kept for the life of the process. */
export function findProgram(name: string): string | null {
  if (name.startsWith('/')) return isExecutable(name) ? name : null;
  const known = found.get(name);
  if (known !== undefined) return known;
  const path = directories.map((directory) => `${directory}/${name}`).find(isExecutable) ?? null;
  if (path !== null) found.set(name, path);
  return path;
}

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
  /** Program, how it ended, how long it took, last lines of its errors: for messages. */
  readonly explain: string;
}

export interface ProgramOptions {
  readonly timeoutMs: number;
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  /** Around the fork, which happens before `start` returns. */
  readonly within?: <T>(start: () => T) => T;
}

/** Never throws for a failing program. Error: E_PROGRAM_MISSING. */
export async function runProgram(
  name: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramResult> {
  const path = findProgram(name);
  if (path === null) throw missingProgram(name);
  // Loaded when the first program runs: an agent without work never needs it, and it is 10 MB.
  const { execa } = await import('execa');
  const { within = (start) => start() } = options;
  const settings = {
    reject: false,
    timeout: options.timeoutMs,
    forceKillAfterDelay: 1_000,
    extendEnv: false,
    env: { ...programEnvironment, ...options.env },
    cwd: '/',
    maxBuffer: 1_048_576,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  } as const;
  const result = await within(() => execa(path, [...args], settings));
  const how = result.timedOut
    ? `no end within ${options.timeoutMs}ms`
    : result.signal !== undefined
      ? `ended by ${result.signal}`
      : `exit code ${result.exitCode ?? '?'}`;
  const errors = result.stderr.trim().split('\n').slice(-3).join(' | ');
  return {
    exitCode: result.exitCode ?? null,
    stdout: result.stdout,
    stderr: result.stderr,
    durationMs: Math.round(result.durationMs),
    timedOut: result.timedOut,
    explain: `${name}: ${how} after ${Math.round(result.durationMs)}ms${errors === '' ? '' : `: ${errors}`}`,
  };
}

/** E_PROGRAM_MISSING. */
export function missingProgram(name: string): RackError {
  return new RackError('E_PROGRAM_MISSING', `cannot find the program "${name}"`, {
    hint: 'run rackops doctor; it says what to install',
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
