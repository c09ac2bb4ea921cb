/** Runs a program for a measurement, without blocking this process: a Ctrl-C must be heard. Output is dropped unless it fails. */
import { spawn } from 'node:child_process';

/** ms that it took. Throws with its last output when it fails, unless `mayFail`. Its stdout and stderr are pipes of ours: wait for its end, not for theirs. */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly mayFail?: boolean; readonly cwd?: string } = {},
): Promise<{ readonly tookMs: number; readonly exitCode: number | null; readonly stdout: string }> {
  const startedAt = performance.now();
  const child = spawn(program, args, { cwd: options.cwd ?? '/', stdio: ['ignore', 'pipe', 'pipe'] });
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
    child.once('exit', (code) => setImmediate(() => resolve(code)));
  });
  const tookMs = performance.now() - startedAt;
  // A daemon may have kept them; it is not ours to wait for.
  child.stdout.destroy();
  child.stderr.destroy();
  if (exitCode !== 0 && options.mayFail !== true)
    throw new Error(`${program} ${args[0] ?? ''} ended with ${exitCode}:\n${stderr.slice(-2_000)}`);
  return { tookMs, exitCode, stdout };
}
