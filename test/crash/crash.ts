/**
 * Ways to die in the middle of a sync: before or after a call of a port by name, or at a system call (strace). Returns whether it did die: a case whose
 * fault was never reached proves nothing.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, isAlive } from '../../scripts/sandbox/index.js';
import { mainProgram } from '../../scripts/sandbox/program.js';
import type { Rig } from '../support/rig.js';

export interface Point {
  readonly method: string;
  readonly moment: 'before' | 'after';
  readonly nth: number;
}

export function nameOf({ method, moment, nth }: Point): string {
  return `${moment} ${method}${nth > 1 ? ` (call ${nth})` : ''}`;
}

/** A sync that dies there; false when it ended by itself. */
export async function dieAt(rig: Rig, { method, moment, nth }: Point): Promise<boolean> {
  const fault = `${method}:${moment}:${nth}`;
  const env = { RACKOPS_TESTING: '1', RACKOPS_FAULT: fault };
  return (await rig.rackops(['sync'], { env })).exitCode === null;
}

/** Ports' calls that change something, in the order of an uninterrupted sync, each with its number. */
export async function recordCalls(rig: Rig): Promise<readonly Omit<Point, 'moment'>[]> {
  const file = join(rig.directory, 'calls');
  await rig.rackops(['sync'], { env: { RACKOPS_TESTING: '1', RACKOPS_FAULT: `record:${file}` } });
  const seen = new Map<string, number>();
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((method) => method !== '' && !onlyReads.test(method))
    .map((method) => {
      const nth = (seen.get(method) ?? 0) + 1;
      seen.set(method, nth);
      return { method, nth };
    });
}

/** Dying beside one of these is dying between the two acts around it. */
const onlyReads =
  /^(clock|ids|probes)\.|^bootId$|\.(observe|list|holders|sizeBytes|bigFiles|changedFiles|lastOutput|isFull|isTorn)$|^store\.(records?|journals|applied|summary|lastPass|history|evidence|hostSuspended)$/;

/**
 * A sync that dies on entering the n-th such system call of one of its threads; false when it ended by itself. Processes it started die of it too if it is
 * their n-th, so this is used where the keeper runs already.
 */
export async function dieAtSystemCall(rig: Rig, call: string, nth: number): Promise<boolean> {
  const trace = join(rig.directory, 'strace');
  const inject = `inject=${call}:signal=KILL:when=${nth}`;
  const command = ['-f', '-o', trace, '-e', `trace=${call}`, '-e', inject];
  const tracer = spawn(
    'strace',
    [...command, process.execPath, mainProgram, '--config', rig.config, 'sync'],
    {
      cwd: '/',
      stdio: 'ignore',
    },
  );
  const ended = new Promise<void>((resolve, reject) => {
    tracer.once('error', reject);
    tracer.once('exit', () => resolve());
  });
  const pid = tracer.pid ?? 0;
  let program = 0;
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    // strace has children of its own for a moment, to try what the kernel can do.
    program ||= childrenOf(pid).find(({ command }) => command.startsWith(process.execPath))?.pid ?? 0;
    // strace would wait for everything that the program started, the keeper too.
    if (program !== 0 && !isAlive(program)) tracer.kill('SIGTERM');
    await sleep(10);
  }
  await ended;
  return existsSync(trace) && readFileSync(trace, 'utf8').includes('killed by SIGKILL');
}
