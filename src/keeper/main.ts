/**
 * The keeper: holds sockets and services of one run directory while agents come and go, and ends when it holds nothing. A program of its own, bundled
 * into one file: `keeper.js RUN STATE CGROUP-ROOT RUNTIME [--hide-unified]`. It never reads Git, definitions or the agent's records.
 */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { becomeSubreaper, removeCgroup } from '../kernel/index.js';
import { errorMessage } from '../lib/index.js';
import { hostPath, keeperPaths, keeperProtocol } from '../model/index.js';
import { Children } from './children.js';
import { becomeKeeper } from './lock.js';
import { Registry } from './registry.js';
import { Runtime } from './runtime.js';
import { serve } from './server.js';
import { removeState, sweep } from './sweep.js';

/** How long it waits, holding nothing, for the agent's next request: a pass opens sockets some moments before it starts a service. */
const graceMs = 2_000;
/** On TERM: what a service gets before it is killed; an init on its way down gives not much more. */
const termTimeoutMs = 8_000;

async function main(): Promise<void> {
  const [run, state, cgroupRoot, program, option] = process.argv.slice(2);
  if (!run || !state || !cgroupRoot || !program)
    throw new Error('usage: keeper.js RUN STATE CGROUP-ROOT RUNTIME [--hide-unified]');
  process.chdir('/');
  process.umask(0o077);
  const paths = keeperPaths({ run: hostPath(run) });
  if (!(await becomeKeeper(paths.lock, paths.socket))) return;
  protectFromOom();
  becomeSubreaper();
  const directories = { root: paths.runtime, containers: paths.containers };
  const stuck = await sweep(cgroupRoot, directories);
  if (stuck.length > 0) say(`left by an earlier keeper and not to be ended: ${stuck.join(', ')}`);
  for (const directory of Object.values(directories)) mkdirSync(directory, { recursive: true, mode: 0o700 });

  const hello = {
    protocol: keeperProtocol,
    version: buildVersion(),
    pid: process.pid,
    startedAt: Date.now(),
    runtime: { path: hostPath(program), hidesUnified: option === '--hide-unified' },
  };
  const children = new Children();
  const runtime = new Runtime(hello.runtime, directories, children);
  let requests = 0;
  let timer: NodeJS.Timeout | undefined;
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    server.close();
    rmSync(paths.socket, { force: true });
    await runtime.settled();
    await removeState(directories);
    await removeEmptyCgroup(cgroupRoot);
    say('ended: nothing to keep');
    // Last: from here on another keeper may begin.
    rmSync(paths.lock, { force: true });
    process.exit(0);
  };
  let waiting = false;
  const endIfIdleIn = (ms: number): void => {
    clearTimeout(timer);
    waiting = true;
    timer = setTimeout(() => {
      waiting = false;
      if (requests === 0 && registry.idle) void end();
    }, ms);
  };
  const deps = { runtime, children, cgroupRoot };
  const registry = new Registry(hello, deps, () => setImmediate(() => endIfIdleIn(0)));
  const server = await serve(paths.socket, registry, {
    begin: () => {
      if (!ending) requests++;
      return !ending;
    },
    end: (acted) => {
      requests--;
      // Who only looks, however often, does not keep it alive.
      if (registry.idle && (acted || !waiting)) endIfIdleIn(graceMs);
    },
  });
  say(`started: pid ${process.pid}`);
  endIfIdleIn(graceMs);

  const terminate = (): void => {
    say('TERM: stops all services');
    void registry.stopAll(termTimeoutMs).then(end);
  };
  process.on('SIGTERM', terminate);
  process.on('SIGINT', terminate);
  // A terminal that goes away is nobody's business here.
  process.on('SIGHUP', () => {});
}

/** The kernel may need a moment to let go of the last container's cgroup. */
async function removeEmptyCgroup(cgroupRoot: string): Promise<void> {
  for (let attempt = 0; attempt < 20 && !removeCgroup(cgroupRoot); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Its death costs every service its output: the kernel should choose nearly anyone else first. Best effort. */
function protectFromOom(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '-900');
  } catch {
    // A container may forbid it.
  }
}

/** stderr is the keeper's log file. */
function say(text: string): void {
  try {
    appendFileSync(2, `${new Date().toISOString()} ${text}\n`);
  } catch {
    // A full disk must not end the keeper.
  }
}

declare const __RACKOPS_VERSION__: string | undefined;

/** Set when the bundle is built. */
function buildVersion(): string {
  return typeof __RACKOPS_VERSION__ === 'string' ? __RACKOPS_VERSION__ : 'development';
}

// A bug in one request must not take every service's output with it: it is logged, the keeper stays.
process.on('uncaughtException', (error) => say(`internal error: ${error.stack ?? error.message}`));
process.on('unhandledRejection', (reason) => say(`internal error: ${errorMessage(reason)}`));

main().catch((error: unknown) => {
  say(`cannot start: ${errorMessage(error)}`);
  process.exit(1);
});
