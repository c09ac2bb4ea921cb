/** Connections that stay open: wrk, when it is installed (`apt-get install wrk`). */
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../run.js';

/** Open all the time, each with one request under way. */
export const connections = 16;
/** wrk ends when it is told to; this is for the case that nobody does. */
const secondsAtMost = 60;
const beforeMs = 1_000;
const afterMs = 500;

export async function hasWrk(): Promise<boolean> {
  // It ends with 1 when it shows its version.
  return run('wrk', ['--version'], { mayFail: true }).then(
    () => true,
    () => false,
  );
}

export interface KeptAlive {
  readonly requests: number;
  /** Connect, read, write and timeout errors, and answers that are none of 2xx or 3xx. */
  readonly errors: number;
}

/** `during` happens after a second. Throws when it fails, or when wrk says nothing that can be understood. */
export async function keptAlive(port: number, during: () => Promise<unknown>): Promise<KeptAlive> {
  const url = `http://127.0.0.1:${port}/version`;
  const args = ['-t1', `-c${connections}`, `-d${secondsAtMost}s`, '--timeout', '2s', url];
  const until = sleep(beforeMs)
    .then(during)
    .then(() => sleep(afterMs));
  const [{ stdout }] = await Promise.all([run('wrk', args, { whole: true, until }), until]);
  return understood(stdout);
}

export function understood(text: string): KeptAlive {
  const requests = Number(/(\d+) requests in /.exec(text)?.[1] ?? Number.NaN);
  if (Number.isNaN(requests)) throw new Error(`cannot understand wrk:\n${text}`);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text) ?? [];
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? '0';
  return {
    requests,
    errors: [...errors.slice(1), refused].map(Number).reduce((sum, count) => sum + count, 0),
  };
}
