/**
 * What tests leave on the machine: mounts, loop devices, processes and directories of tests (scratch.ts), and cgroups that look like ours.
 * Compares before and after, so that a rackops that really runs on this machine is no leftover; and leaves out the rigs of other test runs that are
 * still at it. Reads only.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cgroupName,
  cgroupsLikeOurs,
  childrenOf,
  loopsOf,
  mountsUnder,
  processesNaming,
} from '../../scripts/sandbox/index.js';
import { isOfAnotherRun, isScratch, scratchPrefix } from './scratch.js';

const parent = '/var/tmp';

/** Facts of the kind that a test may leave behind, a line each, sorted. */
export function snapshot(): ReadonlySet<string> {
  const facts = [
    ...processesNaming(scratchPrefix).map((item) => `process ${item.pid}: ${item.command}`),
    ...childrenOf(process.pid).map((item) => `child ${item.pid}: ${item.command}`),
    ...mountsUnder(parent)
      .filter(isScratch)
      .map((point) => `mount ${point}`),
    ...loopsOf(parent)
      .filter((loop) => isScratch(loop.file))
      .map((loop) => `loop device ${loop.device} of ${loop.file}`),
    ...cgroupsLikeOurs().map((path) => `cgroup ${path}`),
    ...readdirSync(parent)
      .map((name) => join(parent, name))
      .filter(isScratch)
      .map((path) => `directory ${path}`),
  ];
  const foreign = foreignMarks();
  return new Set(facts.filter((fact) => !foreign.some((mark) => fact.includes(mark))).sort());
}

/** What the facts of other runs' rigs have in them: the directory, the cgroup's name. */
function foreignMarks(): string[] {
  return readdirSync(parent)
    .map((name) => join(parent, name))
    .filter(isOfAnotherRun)
    .flatMap((path) => [path, cgroupName(join(path, 'run'))]);
}

/** What is there now and was not before; waits up to `timeoutMs` for it to go, because the keeper ends a moment after its last service. */
export async function leftSince(before: ReadonlySet<string>, timeoutMs: number): Promise<string[]> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const left = [...snapshot()].filter((fact) => !before.has(fact));
    if (left.length === 0 || Date.now() >= deadline) return left;
    await sleep(100);
  }
}

/** Throws naming what is left. */
export async function assertNoLeftovers(before: ReadonlySet<string>, timeoutMs = 5_000): Promise<void> {
  const left = await leftSince(before, timeoutMs);
  if (left.length > 0) throw new Error(`the tests left behind:\n${left.join('\n')}`);
}
