/**
 * Waits for processes that are the keeper's children without having been spawned by it: PID 1 of each container comes to it as the subreaper,
 * once the runtime that started it is gone. Node reaps only children that it spawned itself, so the two never meet; this must never
 * wait for "any child", which would steal Node's.
 */
import { constants } from 'node:os';
import { isKernelError, waitChild } from '../kernel/index.js';

export interface ExitStatus {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** `SIGKILL` …; null when it exited. */
  readonly signal: string | null;
}

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

export class Children {
  readonly #watched = new Map<number, (status: ExitStatus) => void>();

  constructor() {
    process.on('SIGCHLD', () => this.#reap());
  }

  /** Resolves when the process has ended and is reaped; a pid that is no child of ours counts as ended, by an unknown cause. */
  async exit(pid: number): Promise<ExitStatus> {
    return await new Promise((resolve) => {
      this.#watched.set(pid, resolve);
      // It may have ended before anybody watched; that signal is past.
      this.#check(pid, resolve);
    });
  }

  #reap(): void {
    for (const [pid, resolve] of [...this.#watched]) this.#check(pid, resolve);
  }

  #check(pid: number, resolve: (status: ExitStatus) => void): void {
    const status = endOf(pid);
    if (status === null) return;
    this.#watched.delete(pid);
    resolve(status);
  }
}

/** Null while it runs. */
function endOf(pid: number): ExitStatus | null {
  try {
    const end = waitChild(pid);
    if (end === null || end.signal === null) return end === null ? null : { code: end.code, signal: null };
    return { code: null, signal: signalNames.get(end.signal) ?? `signal ${end.signal}` };
  } catch (error) {
    if (isKernelError(error, 'ECHILD')) return { code: null, signal: null };
    throw error;
  }
}
