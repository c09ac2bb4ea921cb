/**
 * One thing at a time on this host. Invariants: never two jobs at once; a sync asked for by a person goes before scheduled ones;
 * scheduled passes that wait collapse into one; every promise settles.
 */
import { type Deferred, deferred } from '../lib/index.js';

type Priority = 'person' | 'schedule';

interface Job {
  readonly run: () => Promise<unknown>;
  readonly done: Deferred<unknown>;
  readonly priority: Priority;
  /** Jobs with the same key that still wait are one job. */
  readonly key: string | null;
}

export class ExclusiveRunner {
  readonly #waiting: Job[] = [];
  #running: Promise<void> | null = null;

  /** Runs `work` when nothing else does; the answer of the job it collapsed into, if there is one. */
  run<T>(priority: Priority, key: string | null, work: () => Promise<T>): Promise<T> {
    const same = key === null ? undefined : this.#waiting.find((job) => job.key === key);
    if (same !== undefined) return same.done.promise.then((value) => value as T);
    const done = deferred<T>();
    const job: Job = { run: work, done: widened(done), priority, key };
    const before =
      priority === 'person' ? this.#waiting.findIndex((other) => other.priority === 'schedule') : -1;
    if (before === -1) this.#waiting.push(job);
    else this.#waiting.splice(before, 0, job);
    this.#running ??= this.#work();
    return done.promise;
  }

  /** Resolves when nothing runs and nothing waits. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #work(): Promise<void> {
    // Begins in a later turn, so that jobs asked for in the same turn are ordered by priority.
    await Promise.resolve();
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      try {
        job.done.resolve(await job.run());
      } catch (error) {
        job.done.reject(error);
      }
    }
    this.#running = null;
  }
}

function widened<T>(done: Deferred<T>): Deferred<unknown> {
  return {
    promise: done.promise,
    // Each job is resolved with what its own `run` returned, which is a T.
    resolve: (value) => done.resolve(value as T),
    reject: done.reject,
  };
}
