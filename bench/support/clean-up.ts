/**
 * What a measurement made is ended when it is over, fails, or is told to stop (Ctrl-C): last made, first ended. A second Ctrl-C while it does so changes nothing.
 */
import { endRunning } from './run.js';

export class CleanUp {
  readonly #tasks: (() => Promise<void> | void)[] = [];
  #running: Promise<void> | null = null;

  /** From now on INT, TERM and HUP end what was added, and then this process. */
  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        process.stderr.write('told to stop: ending what was started\n');
        void endRunning()
          .then(() => this.run())
          .finally(() => process.exit(130));
      });
    }
  }

  /** Returns a function that ends this one now, and only once. */
  add(task: () => Promise<void> | void): () => Promise<void> {
    if (this.#running !== null) throw new Error('told to stop');
    let over = false;
    const once = async (): Promise<void> => {
      if (over) return;
      over = true;
      await task();
    };
    this.#tasks.push(once);
    return once;
  }

  /** Ends everything; what fails is said and the rest goes on. */
  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    for (const task of this.#tasks.reverse()) {
      try {
        await task();
      } catch (error) {
        process.stderr.write(`could not clean up: ${String(error)}\n`);
        process.exitCode = 1;
      }
    }
  }
}
