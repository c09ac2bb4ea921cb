/** Once a day all stored and used images are read again. Beside the passes and slowly: it only reads, and the services of this host come first. Knows when, not what. */

export interface ImageChecksDeps {
  /** Time of the last check that was made to its end, ms since the epoch; NaN: never. */
  readonly lastAt: () => Promise<number>;
  readonly check: () => Promise<void>;
  /** Told what kept a check from being made; the next one comes all the same. */
  readonly onError: (error: unknown) => void;
  readonly now: () => number;
  /** [0, 1). */
  readonly random: () => number;
  /** Runs it after so many ms; what it returns cancels that. */
  readonly later: (ms: number, run: () => void) => () => void;
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

/** One timer, or one check, at a time, until it is stopped: a check that fails is made again a day later, as one that went well. */
export class ImageChecks {
  readonly #deps: ImageChecksDeps;
  #cancel: () => void = () => {};
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();
  /** When this process began one, whatever came of it. */
  #triedAt = Number.NaN;

  constructor(deps: ImageChecksDeps) {
    this.#deps = deps;
  }

  /** Never throws. */
  async start(): Promise<void> {
    const { now, random, later } = this.#deps;
    const wait = waitForCheck(await this.#lastAt(), now(), random());
    if (this.#isStopped) return;
    this.#cancel = later(wait, () => {
      this.#running = this.#run();
    });
  }

  /** No check begins any more; one that runs ends by its own signal, and then this resolves. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#triedAt = this.#deps.now();
    await this.#deps.check().catch(this.#deps.onError);
    await this.start();
  }

  async #lastAt(): Promise<number> {
    const lastAt = await this.#deps.lastAt().catch((error: unknown) => {
      this.#deps.onError(error);
      return Number.NaN;
    });
    return this.#triedAt > lastAt || Number.isNaN(lastAt) ? this.#triedAt : lastAt;
  }
}
