/**
 * Ends Git processes of ours with everything they started. simple-git signals only git itself, but the connection hangs in
 * a grandchild (git-remote-https, ssh) that does not notice. All of them inherit one marker in their environment: it finds them
 * even after their parent is gone. Reads /proc; never signals a process without the marker.
 */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { markerVariable } from './environment.js';

/** A living process with a marker: `<mirror directory>:<pid of its rackops>:<call>`. */
export interface MarkedProcess {
  readonly pid: number;
  readonly marker: string;
  readonly owner: number;
  /** It may hold locks in the mirror. */
  readonly writes: boolean;
}

/** Marker of one call (`read-…` or `write-…`). The owner's pid tells later whether the rackops that started it still lives. */
export function markerOf(directory: string, call: string): string {
  return `${directory}:${process.pid}:${call}`;
}

/** Living processes (zombies have no environment) whose marker begins with `prefix`. */
export async function markedProcesses(prefix: string): Promise<readonly MarkedProcess[]> {
  const wanted = `${markerVariable}=${prefix}`;
  const found: MarkedProcess[] = [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  // Gone meanwhile, or another user's: not ours.
  const environments = await Promise.all(
    pids.map(async (pid) => await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')),
  );
  for (const [index, environment] of environments.entries()) {
    const entry = environment.split('\0').find((variable) => variable.startsWith(wanted));
    if (entry === undefined) continue;
    const marker = entry.slice(markerVariable.length + 1);
    const [, owner, call] = /:(\d+):([^:]*)$/.exec(marker) ?? [];
    found.push({
      pid: Number(pids[index]),
      marker,
      owner: Number(owner),
      writes: call?.startsWith('write') === true,
    });
  }
  return found;
}

/** Kills all processes whose marker begins with `prefix` and `which` accepts; returns when none is left, after 1 s at most. */
export async function endMarked(
  prefix: string,
  which: (found: MarkedProcess) => boolean = () => true,
): Promise<readonly number[]> {
  const ended = new Set<number>();
  for (let round = 0; round < 20; round++) {
    const alive = (await markedProcesses(prefix)).filter(which);
    if (alive.length === 0) break;
    for (const { pid } of alive) {
      ended.add(pid);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    await sleep(50);
  }
  return [...ended];
}

/**
 * Ends Git processes for this mirror whose rackops no longer lives (it was killed). Safe to call at any time, also before the
 * agent's lock is held: such orphans inherited the lock and would keep it. Returns their pids.
 */
export async function endOrphanedGit(directory: string): Promise<readonly number[]> {
  return endMarked(`${directory}:`, ({ owner }) => owner !== process.pid && !isAlive(owner));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
