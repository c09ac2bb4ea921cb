/** stdout carries the result (with `--json` exactly one document), stderr everything else. The only file of the command line that writes to either. */
import { setMaxListeners } from 'node:events';
import { errorMessage } from '../lib/index.js';
import { RackError } from '../model/index.js';
import type { Style } from '../report/index.js';

/** What the flags before and after the command say together. */
export interface GlobalOptions {
  readonly config: string;
  readonly json: boolean;
}

/** A reader that went away (`rackops … | head`) is no error. */
export function tolerateClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
}

export function printResult(text: string): void {
  process.stdout.write(text.endsWith('\n') || text === '' ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
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
