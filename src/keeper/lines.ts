/**
 * Cuts a byte stream into lines. Bytes stay as they came (control characters and broken UTF-8 are shown harmlessly later, by the reader);
 * only length is limited. Pure: no clock, no file.
 */

const newline = 0x0a;

/** Appended to a line whose rest was thrown away. */
export const cutMark = ' [line cut]';

export class LineSplitter {
  readonly #maxBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** The line that is coming in was cut already: the rest of it is skipped. */
  #skipping = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Complete lines in `chunk`, without their newline; an incomplete end is held for the next call. */
  push(chunk: Buffer): readonly Buffer[] {
    const lines: Buffer[] = [];
    let from = 0;
    while (from < chunk.length) {
      const at = chunk.indexOf(newline, from);
      const piece = chunk.subarray(from, at === -1 ? chunk.length : at);
      if (!this.#skipping) this.#hold(piece, lines);
      if (at === -1) break;
      if (this.#skipping) this.#skipping = false;
      else lines.push(this.#take());
      from = at + 1;
    }
    return lines;
  }

  /** What is held when the stream ends, or null. */
  flush(): Buffer | null {
    this.#skipping = false;
    return this.#heldBytes === 0 ? null : this.#take();
  }

  /** Forgets what is held and skips to the next newline: after bytes were dropped on the way. */
  resync(): void {
    this.#take();
    this.#skipping = true;
  }

  #hold(piece: Buffer, lines: Buffer[]): void {
    const room = this.#maxBytes - this.#heldBytes;
    // Copied: a slice would keep the whole read buffer alive for a few bytes.
    const kept = Buffer.from(piece.subarray(0, room));
    this.#held.push(kept);
    this.#heldBytes += kept.length;
    if (piece.length <= room) return;
    lines.push(Buffer.concat([this.#take(), Buffer.from(cutMark)]));
    this.#skipping = true;
  }

  #take(): Buffer {
    const line = this.#held.length === 1 && this.#held[0] ? this.#held[0] : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return line;
  }
}
