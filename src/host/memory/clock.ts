/**
 * Virtual time. Nobody really waits: when everything else has had its turn, time jumps to the earliest sleeper. Sleepers wake in the order of their
 * times, those of one time in the order in which they lay down. Must never run backwards by itself.
 */

interface Sleeper {
  wakeAt: number;
  readonly order: number;
  readonly wake: () => void;
}

export class VirtualClock {
  #now: number;
  #sleepers: Sleeper[] = [];
  #order = 0;
  #pumping = false;
  readonly #auto: boolean;
  /** True while real work is under way, during which time must not pass. */
  readonly #isBusy: () => boolean;

  constructor(options: {
    readonly now: number;
    readonly auto: boolean;
    readonly isBusy: () => boolean;
  }) {
    this.#now = options.now;
    this.#auto = options.auto;
    this.#isBusy = options.isBusy;
  }

  /** ms since the epoch. */
  now(): number {
    return this.#now;
  }

  /** Rejects with the reason of the first signal that is aborted. */
  sleep(ms: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
    const aborted = signals.find((signal) => signal?.aborted);
    if (aborted !== undefined) return Promise.reject(aborted.reason);
    return new Promise((resolve, reject) => {
      const stop = (event: Event): void => {
        leave();
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(event.target instanceof AbortSignal ? event.target.reason : new Error('aborted'));
      };
      const leave = (): void => {
        for (const signal of signals) signal?.removeEventListener('abort', stop);
      };
      const sleeper: Sleeper = {
        wakeAt: this.#now + Math.max(0, ms),
        order: this.#order++,
        wake: () => {
          leave();
          resolve();
        },
      };
      for (const signal of signals) signal?.addEventListener('abort', stop);
      this.#sleepers.push(sleeper);
      if (this.#auto) this.#pump();
    });
  }

  /** Time passes, waking whoever is due on the way; returns when they have had their turn. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await turn();
    for (let next = this.#earliest(); next !== null && next.wakeAt <= until; next = this.#earliest()) {
      this.#wake(next);
      await turn();
      while (this.#isBusy()) await turn();
    }
    this.#now = Math.max(this.#now, until);
  }

  /** The wall clock is set, forwards or backwards; nobody is woken by it, nobody sleeps longer. */
  set(now: number): void {
    const change = now - this.#now;
    this.#now = now;
    for (const sleeper of this.#sleepers) sleeper.wakeAt += change;
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      const next = this.#isBusy() ? null : this.#earliest();
      if (next !== null) this.#wake(next);
      if (this.#sleepers.length > 0) this.#pump();
    });
  }

  #earliest(): Sleeper | null {
    let earliest: Sleeper | null = null;
    for (const sleeper of this.#sleepers) {
      if (
        earliest === null ||
        sleeper.wakeAt < earliest.wakeAt ||
        (sleeper.wakeAt === earliest.wakeAt && sleeper.order < earliest.order)
      ) {
        earliest = sleeper;
      }
    }
    return earliest;
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    this.#now = Math.max(this.#now, sleeper.wakeAt);
    sleeper.wake();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
