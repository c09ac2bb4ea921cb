/**
 * Runs a command inside a running service's container: as its user, with its capabilities and environment, in its cgroup, so that a stop ends it too.
 * Must never start anything in a rack that does not run, nor anything outside of a rack.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isChrooted, processStat, startRuntime } from '../../kernel/index.js';
import {
  type HostPath,
  type KeptService,
  keeperPaths,
  type Layout,
  type OciRuntime,
  RackError,
  under,
} from '../../model/index.js';
import type { CommandLimits } from '../ports.js';

/** The runtime's own; the command's is its service's. */
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

export interface ExecDeps {
  readonly layout: Layout;
  /** What the containers run under. */
  readonly runtime: () => Promise<OciRuntime>;
  /** The keeper's services, null without a keeper (`KeeperSupervisor.kept`). */
  readonly kept: () => Promise<readonly KeptService[] | null>;
}

export interface ExecOptions {
  /** Gives the command a terminal: only when stdin is one. */
  readonly tty: boolean;
}

/**
 * Runs the command with the caller's own stdin, stdout and stderr; resolves to its exit code (128 + signal when a signal ended it). `service` null: the rack's
 * first running one. Errors: E_NOT_RUNNING, E_CHROOT.
 */
export async function execInRack(
  deps: ExecDeps,
  rack: string,
  service: string | null,
  command: readonly string[],
  { tty }: ExecOptions,
): Promise<number> {
  const container = await containerOf(deps, rack, service);
  const runtime = await deps.runtime();
  return await withProcess(deps.layout, container, { command, tty }, async ({ args }) => {
    const options = { stdio: 'inherit' as const, env: environment, cwd: '/' };
    return await exitOf(startRuntime(runtime, () => spawn(runtime.path, args, options)));
  });
}

export interface CapturedExec {
  /** Null when it did not end in time. */
  readonly exitCode: number | null;
  /** Last 2 KiB of stdout and stderr together. */
  readonly output: string;
}

/**
 * Runs the command without stdin and ends it after `timeoutMs`, with all it started in its session; at once when it is aborted. Errors: E_NOT_RUNNING, E_CHROOT; the signal's
 * reason, when the command has ended.
 */
export async function captureInRack(
  deps: ExecDeps,
  rack: string,
  service: string,
  command: readonly string[],
  { timeoutMs, signal }: CommandLimits,
): Promise<CapturedExec> {
  const container = await containerOf(deps, rack, service);
  const runtime = await deps.runtime();
  return await withProcess(deps.layout, container, { command, tty: false }, async ({ args, pidFile }) => {
    signal?.throwIfAborted();
    let output = '';
    const child = startRuntime(runtime, () =>
      spawn(runtime.path, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment, cwd: '/' }),
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output = (output + chunk).slice(-2_048);
      });
    }
    let timedOut = false;
    let ending: Promise<void> | null = null;
    const end = (): void => {
      ending ??= endAll(pidFile, child);
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, timeoutMs);
    signal?.addEventListener('abort', end, { once: true });
    try {
      const exitCode = await exitOf(child);
      await ending;
      signal?.throwIfAborted();
      return { exitCode: timedOut ? null : exitCode, output };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  });
}

let commands = 0;

/**
 * Runs `act` with the runtime's arguments for the command. The process is the service's own but for the command, written out: what the runtimes take from the
 * container when they are not told differs (crun: root instead of the user).
 */
async function withProcess<T>(
  layout: Layout,
  container: string,
  { command, tty }: { readonly command: readonly string[]; readonly tty: boolean },
  act: (exec: { readonly args: readonly string[]; readonly pidFile: HostPath }) => Promise<T>,
): Promise<T> {
  const paths = keeperPaths(layout);
  const directory = under(paths.containers, container);
  const name = `exec-${process.pid}-${commands++}`;
  const file = under(directory, `${name}.json`);
  const pidFile = under(directory, `${name}.pid`);
  try {
    const config: unknown = JSON.parse(await readFile(under(directory, 'config.json'), 'utf8'));
    await writeFile(file, JSON.stringify(execProcess(config, command, tty)), { mode: 0o600 });
    const args = ['--root', paths.runtime, 'exec', '--process', file, '--pid-file', pidFile, container];
    return await act({ args, pidFile });
  } finally {
    await rm(file, { force: true });
    await rm(pidFile, { force: true });
  }
}

/** The `process` of an OCI configuration with another command; a terminal gets the caller's TERM. Pure. Throws for what is no configuration. */
export function execProcess(config: unknown, command: readonly string[], tty: boolean): object {
  if (config === null || typeof config !== 'object' || !('process' in config)) throw notOurs();
  const { process: own } = config;
  if (own === null || typeof own !== 'object' || !('env' in own) || !Array.isArray(own.env)) throw notOurs();
  const env = tty ? [...own.env, `TERM=${process.env.TERM ?? 'xterm'}`] : own.env;
  return { ...own, env, args: command, terminal: tty };
}

function notOurs(): Error {
  return new Error('config.json describes no process');
}

/** It does not change while this process lives. */
let chrooted: boolean | null = null;

/** The runtime enters the container's namespace, and what it finds there under a chroot is the host. Error: E_CHROOT. */
function refuseChroot(rack: string): void {
  chrooted ??= isChrooted();
  if (!chrooted) return;
  throw new RackError(
    'E_CHROOT',
    `cannot run a command in "${rack}": rackops runs in a chroot, where it would run outside of the rack`,
    { rack, blame: 'host', hint: 'run rackops and its keeper outside of a chroot, or in a container' },
  );
}

async function containerOf(deps: ExecDeps, rack: string, service: string | null): Promise<string> {
  refuseChroot(rack);
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

/** How long a runtime may take from its start to the command's, ms; it needs some 20. */
const birthMs = 2_000;
const lookAgainMs = 5;

/**
 * The command's whole group, and then the runtime, which hands on every signal but the one that ends it. runc makes the command the leader of a session and group of its
 * own, crun puts it into a new one of its own. What a runtime is just starting is waited for: killed alone, it could leave it behind.
 */
async function endAll(pidFile: string, runtime: ChildProcess): Promise<void> {
  const until = performance.now() + birthMs;
  let pid = pidIn(pidFile);
  while (
    pid === null &&
    runtime.exitCode === null &&
    runtime.signalCode === null &&
    performance.now() < until
  ) {
    await sleep(lookAgainMs);
    pid = pidIn(pidFile);
  }
  if (pid !== null) {
    const group = processStat(pid)?.group;
    if (group !== undefined && group > 1 && group !== processStat(process.pid)?.group) kill(-group);
    kill(pid);
  }
  runtime.kill('SIGKILL');
}

/** Read at once: whoever is told to stop may be gone before another turn. Null while there is none. */
function pidIn(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

function kill(target: number): void {
  try {
    process.kill(target, 'SIGKILL');
  } catch {
    // It ended between the look and the signal.
  }
}
