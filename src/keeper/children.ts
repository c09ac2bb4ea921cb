/**
 * Waits for the keeper's children: the runtime's processes, which it starts, and PID 1 of each container, which comes to it as the subreaper once the runtime that started it is gone, as does
 * whatever else the runtime leaves. Node knows none of them: it reaps only what it spawned itself.
 */
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { childPids, isKernelError, processStat, waitChild } from '../kernel/index.js';

/** It takes a millisecond or two. */
const adoptionDeadlineMs = 5_000;
/** Nobody waits for a stray: one look for many. A container's first process that has ended already is claimed long before the second one. */
const strayLooksEveryMs = 500;

export interface ExitStatus {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** `SIGKILL` …; null when it exited. */
  readonly signal: string | null;
}

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

export class Children {
  readonly #watched = new Map<number, (status: ExitStatus) => void>();
  #look: NodeJS.Timeout | null = null;
  /** Ended at the last look, and nobody's. */
  #strays: ReadonlySet<number> = new Set();

  constructor() {
    process.on('SIGCHLD', () => {
      this.#reap();
      this.#lookForStrays();
    });
  }

  /** Resolves when the process has ended and is reaped; a pid that does not become our child counts as ended, by an unknown cause. */
  async exit(pid: number): Promise<ExitStatus> {
    await isAdopted(pid);
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

  /** What nobody waits for, as the process that some runtimes (crun) put between themselves and the container: reaped at the second look. */
  #lookForStrays(): void {
    this.#look ??= setTimeout(() => {
      this.#look = null;
      const strays = childPids().filter((pid) => !this.#watched.has(pid) && processStat(pid)?.state === 'Z');
      this.#strays = new Set(strays.filter((pid) => !this.#strays.has(pid) || endOf(pid) === null));
      if (this.#strays.size > 0) this.#lookForStrays();
    }, strayLooksEveryMs);
  }
}

/** The runtime may have left a process between the container and us that ends a moment after the runtime itself. */
async function isAdopted(pid: number): Promise<void> {
  const deadline = performance.now() + adoptionDeadlineMs;
  while (performance.now() < deadline) {
    const parent = processStat(pid)?.parent ?? process.pid;
    if (parent === process.pid) return;
    await sleep(1);
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
