/** Runs a program for a measurement, without blocking this process: a Ctrl-C must be heard. Output is dropped unless it fails. */
import { type ChildProcess, spawn } from 'node:child_process';

const running = new Set<ChildProcess>();
const killed = new WeakSet<ChildProcess>();

/**
 * Ends what runs now: a loop that goes on would make what is just being removed. Resolves when it is gone. Whoever waits for it waits for ever: what it would do
 * next is not wanted any more.
 */
export async function endRunning(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      killed.add(child);
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await ended;
    }),
  );
}

/**
 * ms that it took. Throws with its last output when it fails, unless `mayFail`. Its stdout and stderr are pipes of ours: waits for its end, and for theirs only with
 * `whole`, where the output is what is wanted. When `until` resolves it is sent INT.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: {
    readonly mayFail?: boolean;
    readonly cwd?: string;
    readonly whole?: boolean;
    readonly until?: Promise<unknown>;
    /** Around the fork. */
    readonly within?: <T>(start: () => T) => T;
  } = {},
): Promise<{ readonly tookMs: number; readonly exitCode: number | null; readonly stdout: string }> {
  const startedAt = performance.now();
  const { within = (start) => start() } = options;
  const child = within(() =>
    spawn(program, args, { cwd: options.cwd ?? '/', stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  const interrupt = (): boolean => child.kill('SIGINT');
  options.until?.then(interrupt, interrupt);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once(options.whole ? 'close' : 'exit', (code) => {
      if (!killed.has(child)) setImmediate(() => resolve(code));
    });
  });
  const tookMs = performance.now() - startedAt;
  // A daemon may have kept them; it is not ours to wait for.
  child.stdout.destroy();
  child.stderr.destroy();
  if (exitCode !== 0 && options.mayFail !== true)
    throw new Error(`${program} ${args[0] ?? ''} ended with ${exitCode}:\n${stderr.slice(-2_000)}`);
  return { tookMs, exitCode, stdout };
}
