/** Once a day all stored and used images are read again. Beside the passes and slowly: it only reads, and the services of this host come first. Knows when, not what. */

export interface ImageChecksDeps {
  /** Time of the last check, ms since the epoch; NaN: never. */
  readonly lastAt: () => Promise<number>;
  readonly check: () => Promise<void>;
  readonly now: () => number;
  /** [0, 1). */
  readonly random: () => number;
}

/** Between two checks, ms. */
const intervalMs = 24 * 3_600_000;
/** Not while a host boots and every rack starts, ms. */
const afterStartMs = 10 * 60_000;
/** Most that chance adds, so that many hosts do not read at one storage in step, ms. */
const jitterMs = 3_600_000;

/** When the next one is due, in ms from now. Pure. */
export function waitForCheck(lastAt: number, now: number, random: number): number {
  // NaN is no time, and one that is yet to come was written under a wrong clock.
  const isKnown = lastAt <= now;
  const due = isKnown ? lastAt + intervalMs - now + Math.round(random * jitterMs) : 0;
  return Math.max(afterStartMs, due);
}

/** One timer, or one check, at a time. `check` must not throw. */
export class ImageChecks {
  readonly #deps: ImageChecksDeps;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: ImageChecksDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { lastAt, now, random } = this.#deps;
    const wait = waitForCheck(await lastAt(), now(), random());
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#deps.check().then(() => this.start());
    }, wait);
  }

  /** No check begins any more; one that runs ends by its own signal, and then this resolves. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }
}
