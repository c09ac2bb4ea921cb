/**
 * Starts a keeper that has nothing of its starter: own session, own directory, no descriptor, no environment. The agent's lock is meant to be inherited by helper
 * programs, and whoever ran the agent may have left descriptors open; the keeper outlives them all and would hold them for ever.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setInheritable } from '../../kernel/index.js';
import { cgroupRoot, type HostPath, keeperPaths, type Layout, type OciRuntime } from '../../model/index.js';

/** The keeper says a line per start and end; more than this is a loop, and old. */
const logLimitBytes = 1024 * 1024;
const O_CLOEXEC = 0o2000000;

export interface KeeperProgram {
  /** The bundled keeper, `dist/keeper.js`. */
  readonly program: HostPath;
  readonly runtime: OciRuntime;
}

/** Arguments of the Node process: pure. Small heap steps, because the keeper mostly waits and its memory counts per host. */
export function keeperArguments(layout: Layout, { program, runtime }: KeeperProgram): readonly string[] {
  const node = ['--max-semi-space-size=1', '--max-old-space-size=128'];
  const options = runtime.hidesUnified ? ['--hide-unified'] : [];
  return [...node, program, layout.run, layout.state, cgroupRoot(layout.run), runtime.path, ...options];
}

/** Starts it and returns at once; whether it came up is told by its socket. */
export function spawnKeeper(layout: Layout, keeper: KeeperProgram): ChildProcess {
  const log = openSync(keeperPaths(layout).log, 'a', 0o600);
  try {
    if (fstatSync(log).size > logLimitBytes) ftruncateSync(log, 0);
    const child = withoutInheritance(() =>
      spawn(process.execPath, keeperArguments(layout, keeper), {
        detached: true,
        stdio: ['ignore', log, log],
        cwd: '/',
        env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
      }),
    );
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/**
 * Runs `start` while no descriptor beyond stderr is inheritable, then makes them so again. Node forks inside of `spawn`, and nothing else runs
 * meanwhile, so no other child misses what it should have inherited.
 */
function withoutInheritance<T>(start: () => T): T {
  const inheritable = readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && isInheritable(fd));
  for (const fd of inheritable) setInheritable(fd, false);
  try {
    return start();
  } finally {
    for (const fd of inheritable) setInheritable(fd, true);
  }
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // The descriptor by which the list was read: closed by now.
    return false;
  }
}
