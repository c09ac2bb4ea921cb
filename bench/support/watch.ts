/**
 * A process seen from outside: its CPU time by /proc (nanoseconds of every thread, ticks of its children), its memory, and by strace what it starts and changes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Programs that have ended count in ticks of 10 ms: exact enough over a dozen passes. */
const tickMs = 10;

export interface CpuTime {
  /** All threads of the process itself, ms. */
  readonly ownMs: number;
  /** Children that were waited for, ms. */
  readonly childrenMs: number;
}

export function cpuTime(pid: number): CpuTime {
  let ns = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    ns += Number(readIfThere(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0] ?? 0);
  }
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return { ownMs: ns / 1e6, childrenMs: (Number(fields[13]) + Number(fields[14])) * tickMs };
}

/** MB that are in memory now, and the most that ever were. */
export function resident(pid: number): { readonly nowMb: number; readonly peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kb = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  return { nowMb: kb('VmRSS') / 1_024, peakMb: kb('VmHWM') / 1_024 };
}

export interface Traced {
  /** Command lines, one for each program started. */
  readonly programs: readonly string[];
  /** Paths opened for writing, made, renamed or deleted, each once; sorted. */
  readonly changed: readonly string[];
}

const calls = [
  ['execve', 'openat', 'open', 'creat', 'truncate', 'mknod', 'mknodat', 'setxattr'],
  ['rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat', 'unlink', 'unlinkat'],
  ['mkdir', 'mkdirat', 'rmdir', 'chmod', 'fchmodat', 'chown', 'fchownat', 'mount', 'umount2'],
].flat();

/** Everything the process and its children start and change below `directory` while `during` runs. strace slows it down: not the time to measure time. */
export async function trace(
  pid: number,
  directory: string,
  file: string,
  during: () => Promise<void>,
): Promise<Traced> {
  const args = ['-f', '-qq', '-s', '4096', '-p', String(pid), '-o', file, '-e', `trace=${calls.join(',')}`];
  const strace = spawn('strace', args, { stdio: 'ignore' });
  await sleep(1_000);
  await during();
  await end(strace);
  const lines = readFileSync(file, 'utf8').split('\n');
  rmSync(file, { force: true });
  return understand(lines, directory);
}

export function understand(lines: readonly string[], directory: string): Traced {
  const programs: string[] = [];
  const changed = new Set<string>();
  for (const line of lines) {
    const [, call = '', args = '', result = ''] = /^\d+\s+(\w+)\((.*)\)\s+= (-?\d+)/.exec(line) ?? [];
    // A failed attempt to find a program in PATH is no started program, and changes nothing.
    if (call === '' || result.startsWith('-')) continue;
    if (call === 'execve') {
      programs.push(
        [...(/\[(.*)\]/.exec(args)?.[1] ?? '').matchAll(/"([^"]*)"/g)].map((m) => m[1]).join(' '),
      );
      continue;
    }
    if (call === 'openat' && !/O_WRONLY|O_RDWR|O_CREAT/.test(args)) continue;
    for (const [, path = ''] of args.matchAll(/"([^"]*)"/g)) {
      if (path.startsWith(directory)) changed.add(path.slice(directory.length + 1));
    }
  }
  return { programs, changed: [...changed].sort() };
}

function end(child: ChildProcess): Promise<unknown> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  return ended;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The thread has just ended.
    return '';
  }
}
