/**
 * What tests leave on the machine: mounts, loop devices, processes and directories below /var/tmp/rackops-test-…, and cgroups that look like ours.
 * Compares before and after, so that a rackops that really runs on this machine is no leftover; and leaves out the rigs of other test runs that are
 * still at it. Reads only.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cgroupName,
  cgroupsLikeOurs,
  childrenOf,
  isAlive,
  loopsOf,
  mountsUnder,
  processesNaming,
} from '../../scripts/sandbox/index.js';

const parent = '/var/tmp';
const prefix = join(parent, 'rackops-test-');

/** Facts of the kind that a test may leave behind, a line each, sorted. */
export function snapshot(): ReadonlySet<string> {
  const facts = [
    ...processesNaming(prefix).map((item) => `process ${item.pid}: ${item.command}`),
    ...childrenOf(process.pid).map((item) => `child ${item.pid}: ${item.command}`),
    ...mountsUnder(parent)
      .filter(isOurs)
      .map((point) => `mount ${point}`),
    ...loopsOf(parent)
      .filter((loop) => isOurs(loop.file))
      .map((loop) => `loop device ${loop.device} of ${loop.file}`),
    ...cgroupsLikeOurs().map((path) => `cgroup ${path}`),
    ...readdirSync(parent)
      .map((name) => join(parent, name))
      .filter(isOurs)
      .map((path) => `directory ${path}`),
  ];
  const foreign = foreignMarks();
  return new Set(facts.filter((fact) => !foreign.some((mark) => fact.includes(mark))).sort());
}

/** Name of the file in a rig's directory that holds the pid of the test run it belongs to. */
export const ownerFile = '.owner';

/** What the facts of other runs' rigs have in them: the directory, the cgroup's name. */
function foreignMarks(): string[] {
  return readdirSync(parent)
    .map((name) => join(parent, name))
    .filter((path) => isOurs(path) && isForeign(path))
    .flatMap((path) => [path, cgroupName(join(path, 'run'))]);
}

function isForeign(directory: string): boolean {
  try {
    const owner = Number(readFileSync(join(directory, ownerFile), 'utf8'));
    return owner !== process.pid && isAlive(owner);
  } catch {
    return false;
  }
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

function isOurs(path: string): boolean {
  return path.startsWith(prefix);
}
