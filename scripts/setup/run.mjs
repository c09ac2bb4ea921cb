// Small helpers of the set-up: look for a program, run one, print a line. Plain Node, because it runs before `npm ci`.
// Never prints more than a line per thing done; the output of a failed command is shown in full.
// @ts-check
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** A set-up that cannot go on for a reason a person can act on: printed without a stack. */
export class SetupError extends Error {}

/**
 * @param {string} program name looked for in PATH (and the sbin directories), or an absolute path
 * @returns {boolean}
 */
export function isThere(program) {
  if (isAbsolute(program)) return canRead(program);
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return directories.some((directory) => directory !== '' && canRead(join(directory, program)));
}

/** @param {string} path */
function canRead(path) {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a command to its end, quietly.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, timeoutMs?: number, show?: boolean }} [options] show: its output goes to ours
 * @returns {{ ok: boolean, output: string }}
 */
export function run(command, args, options = {}) {
  const result = spawnSync(command, [...args], {
    cwd: options.cwd ?? projectRoot,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', options.show ? 'inherit' : 'pipe', options.show ? 'inherit' : 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: options.timeoutMs ?? 600_000,
  });
  const output = [result.stdout, result.stderr, result.error?.message].filter(Boolean).join('\n').trim();
  return { ok: result.status === 0, output };
}

/**
 * Runs a command that must succeed.
 * @param {string} what for people: `install the npm packages`
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function mustRun(what, command, args, options) {
  const result = run(command, args, options);
  if (!result.ok) throw new SetupError(`cannot ${what}: ${command} ${args.join(' ')}\n${result.output}`);
}

/** @param {string} text one line on standard error */
export function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}
