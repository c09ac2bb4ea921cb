/** stdout carries the result (with `--json` exactly one document), stderr everything else. The only file of the command line that writes to either. */
import { setMaxListeners } from 'node:events';
import { errorMessage, escapeControl } from '../lib/index.js';
import { type Problem, problemLine, RackError } from '../model/index.js';
import type { Style } from '../report/index.js';

/** What the flags before and after the command say together. */
export interface GlobalOptions {
  readonly config: string;
  readonly json: boolean;
}

const closed = new Set<NodeJS.WriteStream>();
const readerGone = new AbortController();

/** A reader that went away (`rackops … | head`) is no error, and no reason to stop in the middle of a rollout: what is still printed goes nowhere. */
export function tolerateClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      closed.add(stream);
      if (stream === process.stdout) readerGone.abort(new Error('nobody reads the output'));
    });
  }
}

function write(stream: NodeJS.WriteStream, text: string): void {
  if (!closed.has(stream)) stream.write(text);
}

/** The text with every control character made visible, but line ends, tabs and the colours that we use ourselves: names and messages come from elsewhere. */
export function harmless(text: string): string {
  return text
    .split(ours)
    .map((part, index) => (index % 2 === 1 ? part : escapeControl(part)))
    .join('');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: line ends and the escape of colour codes
const ours = /(\n|\u001b\[\d{1,2}m)/;

export function printResult(text: string): void {
  write(process.stdout, harmless(text.endsWith('\n') || text === '' ? text : `${text}\n`));
}

/** Content of a file: as it is, but to a terminal without what would steer it. */
export function printContent(text: string): void {
  write(process.stdout, process.stdout.isTTY ? harmless(text) : text);
}

export function printJson(value: unknown): void {
  // JSON escapes control characters itself, but not those from 0x7f to 0x9f.
  const text = JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  write(process.stdout, `${text}\n`);
}

export function printNote(text: string): void {
  write(process.stderr, harmless(`${text}\n`));
}

/** Empties the terminal, when stdout is one. */
export function clearScreen(): void {
  if (process.stdout.isTTY) write(process.stdout, '\u001b[H\u001b[2J');
}

/** What is doubtful, though usable, in the host's configuration. */
export function printWarnings(warnings: readonly Problem[]): void {
  for (const problem of warnings) printNote(problemLine(problem));
}

/** Colour and marks only on a terminal that wants them (NO_COLOR is honoured). */
export function styleOf(stream: NodeJS.WriteStream): Style {
  const tty = stream.isTTY === true;
  const utf8 = /utf-?8/i.test(process.env.LC_ALL ?? process.env.LC_CTYPE ?? process.env.LANG ?? '');
  return {
    colour: tty && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb',
    unicode: tty && utf8,
    width: tty ? stream.columns : 0,
  };
}

/** Reports an error as the command's result and returns the exit code that stands for it. */
export function reportError(error: unknown, json: boolean): number {
  const known = error instanceof RackError;
  const code = known ? error.code : 'E_INTERNAL';
  const message = known ? error.message : `internal error: ${errorMessage(error)}`;
  const hint = known ? (error.hint ?? '') : 'this is a bug of rackops; please report it with this text';
  if (json) printJson({ error: { code, message, hint } });
  printNote(`rackops: ${message} [${code}]`);
  if (hint !== '') printNote(`  ${hint}`);
  if (!known && error instanceof Error && error.stack !== undefined) printNote(error.stack);
  return code === 'E_LOCKED' ? 4 : code === 'E_USAGE' ? 64 : 1;
}

/** Aborted by TERM or INT, so that a command can end tidily. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  // Every rack that waits listens to it.
  setMaxListeners(0, controller.signal);
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => controller.abort(new Error(name)));
  return controller.signal;
}

/** As `stopSignal`, and when nobody reads stdout any more: for commands that only show something until interrupted. */
export function watchSignal(): AbortSignal {
  const signal = AbortSignal.any([stopSignal(), readerGone.signal]);
  setMaxListeners(0, signal);
  return signal;
}
