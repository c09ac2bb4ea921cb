/**
 * How long a service has been down, over restarts that did not last. Calls back once the limit is reached, and at every further fall after that.
 * Must not know what is done about it.
 */

export class Downtime {
  readonly #tooLong: () => void;
  #timer: NodeJS.Timeout | null = null;
  #isTooLong = false;

  constructor(tooLong: () => void) {
    this.#tooLong = tooLong;
  }

  /** It fell. The first fall starts the time; one after the limit is told at once. */
  begin(limitMs: number): void {
    if (this.#isTooLong) {
      this.#tooLong();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#isTooLong = true;
      this.#tooLong();
    }, limitMs);
  }

  /** It has recovered, or nobody wants it up any more. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#isTooLong = false;
  }
}
