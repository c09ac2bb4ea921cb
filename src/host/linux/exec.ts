/**
 * Runs a command inside a running service's container: as its user, with its capabilities and environment, in its cgroup, so that a stop ends it too.
 * Must never start anything in a rack that does not run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import {
  type HostPath,
  type KeptService,
  keeperPaths,
  type Layout,
  RackError,
  under,
} from '../../model/index.js';

/** The runtime's own; the command's is its service's. */
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

export interface ExecDeps {
  readonly layout: Layout;
  /** Absolute path of the OCI runtime. */
  readonly runtime: () => Promise<HostPath>;
  /** The keeper's services, null without a keeper (`KeeperSupervisor.kept`). */
  readonly kept: () => Promise<readonly KeptService[] | null>;
}

export interface ExecOptions {
  /** Gives the command a terminal: only when stdin is one. */
  readonly tty: boolean;
}

/**
 * Runs the command with the caller's own stdin, stdout and stderr; resolves to its exit code (128 + signal when a signal ended it). `service` null: the rack's
 * first running one. Error: E_NOT_RUNNING.
 */
export async function execInRack(
  deps: ExecDeps,
  rack: string,
  service: string | null,
  command: readonly string[],
  { tty }: ExecOptions,
): Promise<number> {
  const container = await containerOf(deps, rack, service);
  const args = execArguments(deps.layout, container, command, { tty, pidFile: null });
  return await exitOf(spawn(await deps.runtime(), args, { stdio: 'inherit', env: environment, cwd: '/' }));
}

export interface CapturedExec {
  /** Null when it did not end in time. */
  readonly exitCode: number | null;
  /** Last 2 KiB of stdout and stderr together. */
  readonly output: string;
}

let captured = 0;

/** Runs the command without stdin and ends it after `timeoutMs`, with all it started in its session. Error: E_NOT_RUNNING. */
export async function captureInRack(
  deps: ExecDeps,
  rack: string,
  service: string,
  command: readonly string[],
  timeoutMs: number,
): Promise<CapturedExec> {
  const container = await containerOf(deps, rack, service);
  const pidFile = under(keeperPaths(deps.layout).containers, container, `exec-${process.pid}-${captured++}`);
  const args = execArguments(deps.layout, container, command, { tty: false, pidFile });
  let output = '';
  const child = spawn(await deps.runtime(), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
    cwd: '/',
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-2_048);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    // The runtime hands on every signal but this one: the command itself is ended by its pid, and its session with it.
    void endSession(pidFile).finally(() => child.kill('SIGKILL'));
  }, timeoutMs);
  try {
    const exitCode = await exitOf(child);
    return { exitCode: timedOut ? null : exitCode, output };
  } finally {
    clearTimeout(timer);
    await rm(pidFile, { force: true });
  }
}

/** The runtime's arguments; a terminal gets the caller's TERM. */
export function execArguments(
  layout: Pick<Layout, 'run'>,
  container: string,
  command: readonly string[],
  { tty, pidFile }: { readonly tty: boolean; readonly pidFile: HostPath | null },
): string[] {
  const terminal = tty ? ['--tty', '--env', `TERM=${process.env.TERM ?? 'xterm'}`] : [];
  const pid = pidFile === null ? [] : ['--pid-file', pidFile];
  return ['--root', keeperPaths(layout).runtime, 'exec', ...terminal, ...pid, '--', container, ...command];
}

async function containerOf(deps: ExecDeps, rack: string, service: string | null): Promise<string> {
  const services = (await deps.kept()) ?? [];
  const found = services.find(
    (kept) => kept.rack === rack && (service === null || kept.service === service) && kept.container !== null,
  );
  if (found?.container) return found.container;
  const what = service === null ? 'no service of it runs' : `its service "${service}" does not run`;
  throw new RackError('E_NOT_RUNNING', `cannot run a command in "${rack}": ${what}`, {
    rack,
    hint: 'see rackops status',
  });
}

async function exitOf(child: ChildProcess): Promise<number> {
  return await new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new RackError('E_RUNTIME', 'cannot run the OCI runtime', { cause: error }));
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? (signal === null ? 255 : 128 + constants.signals[signal]));
    });
  });
}

/** The runtime makes the command the leader of a session and group of its own. */
async function endSession(pidFile: string): Promise<void> {
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).trim());
  if (!Number.isInteger(pid) || pid <= 1) return;
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Gone, or no leader of a group.
    }
  }
}
