/**
 * What a story prints: chapters, commands, facts that were checked. Colour only on a terminal.
 * Every ✓ stands for a check that was made; a failed one throws and the story ends with 1.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const coloured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const paint = (code: number, text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);

/** A check of the story did not hold. */
export class StoryFailure extends Error {}

export class Screen {
  private chapters = 0;

  /** `write`: where the text goes; standard output unless a test wants the checks only. */
  constructor(private readonly write: (text: string) => void = (text) => process.stdout.write(text)) {}

  title(text: string): void {
    this.write(`${paint(1, text)}\n`);
  }

  chapter(text: string): void {
    this.chapters++;
    this.write(`\n${paint(1, `${this.chapters}. ${text}`)}\n`);
  }

  /** A command as a person would type it. */
  command(text: string): void {
    this.write(`   ${paint(36, '$')} ${text}\n`);
  }

  /** Output of a program, or a remark; shown as it is, indented. */
  text(text: string, maxLines = 30): void {
    const lines = text.trimEnd().split('\n');
    for (const line of lines.slice(0, maxLines)) this.write(`     ${paint(2, line)}\n`);
    if (lines.length > maxLines) this.write(`     ${paint(2, `… ${lines.length - maxLines} more lines`)}\n`);
  }

  /** A fact that is checked now. `detail` says what was seen, in either case. */
  check(fact: string, holds: boolean, detail: string): void {
    this.write(`   ${holds ? paint(32, '✓') : paint(31, '✗')} ${fact}${holds ? '' : `: ${detail}`}\n`);
    if (!holds) throw new StoryFailure(`${fact}: ${detail}`);
  }

  /** Waits until `look` gives a value, and says how long that took. */
  async until<T>(
    fact: string,
    look: () => Promise<{ seen: T | null; detail: string }>,
    timeoutMs = 45_000,
  ): Promise<T> {
    const startedAt = Date.now();
    for (;;) {
      const { seen, detail } = await look();
      const tookMs = Date.now() - startedAt;
      if (seen !== null) {
        this.write(`   ${paint(32, '✓')} ${fact} ${paint(2, `(after ${(tookMs / 1_000).toFixed(1)} s)`)}\n`);
        return seen;
      }
      if (tookMs > timeoutMs) this.check(fact, false, `not within ${timeoutMs / 1_000} s; ${detail}`);
      await sleep(100);
    }
  }
}
