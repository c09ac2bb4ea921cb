/**
 * Ends what a sandbox left behind by the kernel's facts alone: processes, mounts, loop devices, cgroups, then the directory.
 * Touches only what names the sandbox's directory or its cgroup; never unmounts lazily, never deletes below a mount.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cgroupDirectories,
  cgroupName,
  isAlive,
  loopsOf,
  mountsUnder,
  pidsIn,
  processesNaming,
} from './kernel.js';

/** What is left of a sandbox right now, a line each; empty when nothing is. Reads only. `runDirectories`: those its agents used. */
export function leftOf(directory: string, runDirectories: readonly string[]): string[] {
  return [
    ...processesNaming(directory).map((item) => `process ${item.pid}: ${item.command}`),
    ...cgroupsOf(runDirectories).map((path) => `cgroup ${path} (pids ${pidsIn(path).join(' ') || 'none'})`),
    ...mountsUnder(directory).map((point) => `mount ${point}`),
    ...loopsOf(directory).map((loop) => `loop device ${loop.device} of ${loop.file}`),
  ];
}

/** Waits until nothing is left, at most `timeoutMs`; returns what still is. */
export async function waitUntilNothingLeft(
  directory: string,
  runDirectories: readonly string[],
  timeoutMs: number,
): Promise<string[]> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const left = leftOf(directory, runDirectories);
    if (left.length === 0 || Date.now() >= deadline) return left;
    await sleep(50);
  }
}

/**
 * Everything of the sandbox is gone: returns what had to be ended, empty when it had cleaned up after itself. Throws when something cannot be ended;
 * the directory then stays.
 */
export async function sweep(directory: string, runDirectories: readonly string[]): Promise<string[]> {
  const found = leftOf(directory, runDirectories);
  for (let attempt = 0; attempt < 20 && leftOf(directory, runDirectories).length > 0; attempt++) {
    // The keeper first: it would start its services again.
    kill(processesNaming(directory).map((item) => item.pid));
    kill(cgroupsOf(runDirectories).flatMap(pidsIn));
    for (const point of mountsUnder(directory).reverse())
      quietly(() => execFileSync('umount', [point], { stdio: 'ignore' }));
    for (const loop of loopsOf(directory))
      quietly(() => execFileSync('losetup', ['-d', loop.device], { stdio: 'ignore' }));
    for (const path of cgroupsOf(runDirectories)) quietly(() => rmdirSync(path));
    await sleep(100);
  }
  const still = leftOf(directory, runDirectories);
  if (still.length > 0) throw new Error(`cannot end what is left of "${directory}":\n${still.join('\n')}`);
  return found;
}

/** The directory is gone. Refuses while anything is mounted in it. */
export function removeDirectory(directory: string): void {
  if (!existsSync(directory)) return;
  const mounts = mountsUnder(directory);
  if (mounts.length > 0) throw new Error(`cannot delete "${directory}": still mounted: ${mounts.join(', ')}`);
  rmSync(directory, { recursive: true, force: true });
}

function cgroupsOf(runDirectories: readonly string[]): string[] {
  return runDirectories.flatMap((run) => cgroupDirectories(cgroupName(run)));
}

function kill(pids: readonly number[]): void {
  for (const pid of pids) if (pid > 1 && isAlive(pid)) quietly(() => process.kill(pid, 'SIGKILL'));
}

/** What fails here is seen again at the next look. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // The loop of `sweep` looks again, and says so in the end.
  }
}
