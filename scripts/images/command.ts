/**
 * Runs the programs that images are made with (mmdebstrap, mksquashfs, apt-get). Never through a shell.
 * An error carries the last lines of what the program said, because "exit code 1" helps nobody.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Standard output of a command that must succeed. `timeoutMs` ends it. Throws an Error with the command and its last lines. */
export async function command(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<string> {
  try {
    const { stdout } = await execute(program, [...args], {
      cwd: options.cwd,
      // SOURCE_DATE_EPOCH and mksquashfs's own time options exclude each other; ours are given as options.
      env: { ...process.env, LC_ALL: 'C', SOURCE_DATE_EPOCH: undefined, ...options.env },
      timeout: options.timeoutMs ?? 300_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const lines = said.split('\n').slice(-15).join('\n');
    throw new Error(`cannot run ${program} ${args.join(' ')}\n${lines}`, { cause: error });
  }
}
