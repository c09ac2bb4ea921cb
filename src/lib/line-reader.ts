/** Text that comes in pieces, as lines: what a program prints while it works. A carriage return ends a line too, because that is how progress is drawn. */

const ends = /\r\n|\n|\r/;

export interface LineReader {
  /** The next piece. Empty lines are left out. */
  push(chunk: string): void;
  /** The stream ended: what is left without a line end is a line as well. */
  end(): void;
}

/** `onLine` gets each line without its end, cut to `maxCharacters` (…), so that a program which never ends a line cannot fill the memory. */
export function lineReader(onLine: (line: string) => void, maxCharacters = 2_000): LineReader {
  let held = '';
  const say = (line: string): void => {
    if (line.trim() === '') return;
    onLine(line.length > maxCharacters ? `${line.slice(0, maxCharacters - 1)}…` : line);
  };
  return {
    push: (chunk) => {
      const lines = (held + chunk).split(ends);
      // One more character than is shown says that the line was cut.
      held = (lines.pop() ?? '').slice(0, maxCharacters + 1);
      for (const line of lines) say(line);
    },
    end: () => {
      say(held);
      held = '';
    },
  };
}
