/** How many bytes a service may log now: a bucket that fills at a constant rate. Pure: the time is an argument. */
export class ByteBudget {
  readonly #perSecond: number;
  #left: number;
  #filledAtMs: number;

  /** Starts full, with one second's worth. */
  constructor(bytesPerSecond: number, nowMs: number) {
    this.#perSecond = bytesPerSecond;
    this.#left = bytesPerSecond;
    this.#filledAtMs = nowMs;
  }

  /** Takes `bytes` if they are there; all or nothing. */
  take(bytes: number, nowMs: number): boolean {
    const gained = (Math.max(0, nowMs - this.#filledAtMs) / 1_000) * this.#perSecond;
    this.#left = Math.min(this.#perSecond, this.#left + gained);
    this.#filledAtMs = nowMs;
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}
