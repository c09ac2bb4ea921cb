/** Being the parent of processes that somebody else started, and pipes that are real pipes. */
import { readFileSync } from 'node:fs';
import { bind } from './libc.js';

const prctlCall = bind(
  'prctl',
  'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
);
const waitpidCall = bind('waitpid', 'int waitpid(int pid, uint8_t *status, int options)');
const pipe2Call = bind('pipe2', 'int pipe2(uint8_t *fds, int flags)');

const PR_SET_CHILD_SUBREAPER = 36;
const WNOHANG = 1;
const O_CLOEXEC = 0o2000000;

/** Orphans among our descendants become our children. */
export function becomeSubreaper(): void {
  prctlCall.now('subreaper', PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

export interface ProcessExit {
  /** Exit code, null when a signal ended it. */
  readonly code: number | null;
  /** Signal number, null when it exited. */
  readonly signal: number | null;
}

/** How the child ended, null while it runs. Error: KernelError ECHILD when it is no child of ours. Never waits; reaps. */
export function waitChild(pid: number): ProcessExit | null {
  const status = Buffer.alloc(4);
  const reaped = waitpidCall.now(`pid ${pid}`, pid, status, WNOHANG);
  if (reaped === 0) return null;
  const value = status.readInt32LE(0);
  const signal = value & 0x7f;
  return signal === 0 ? { code: (value >> 8) & 0xff, signal: null } : { code: null, signal };
}

/** What the kernel says of a process; numbers are pids as seen from here. */
export interface ProcessStat {
  /** One letter; `Z`: it has ended and nobody has reaped it. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
}

/** Null when there is no process of that pid. */
export function processStat(pid: number): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before it may contain anything, also ") Z 1".
    const [state = '', parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent), group: Number(group) };
  } catch {
    return null;
  }
}

/** Pids of this process's children, those that came to it as a subreaper too. Of the main thread: the only one that has any. */
export function childPids(): readonly number[] {
  const text = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1');
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

/** A pipe, both ends close-on-exec: unlike Node's socket pairs a service can open it again as /dev/stdout. */
export function pipe(): { readonly read: number; readonly write: number } {
  const fds = Buffer.alloc(8);
  pipe2Call.now('pipe', fds, O_CLOEXEC);
  return { read: fds.readInt32LE(0), write: fds.readInt32LE(4) };
}
