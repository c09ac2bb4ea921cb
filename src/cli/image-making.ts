/** What the commands that make an image have in common: a workspace that is gone afterwards, progress on stderr, an interrupt that ends all of it tidily. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Workspace } from '../host/index.js';
import { parseDurationMs } from '../lib/index.js';
import { hostPath, RackError } from '../model/index.js';
import { usageError } from './globals.js';
import { printNote, stopSignal } from './output.js';
import { defaultScratch, type Program } from './program.js';

/** Below that even the smallest image comes to nothing, bytes. */
const leastBytes = 64 * 1_048_576;

/** As in recipes. A timer of more than 24 days would end at once. */
const maxDurationMs = 24 * 3_600_000;

export interface Making {
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
  readonly progress: (detail: string) => void;
}

/** Adds `--scratch`. */
export function scratchOption(command: Command): Command {
  return command.option(
    '--scratch <dir>',
    'make the image in this directory, on a disk with room',
    defaultScratch,
  );
}

/** Adds `--zsync`. */
export function zsyncOption(command: Command): Command {
  return command.option('--zsync', 'also make <image>.zsync, for hosts whose source says `delta: zsync`');
}

/** Before minutes of work. Error: E_PROGRAM_MISSING when a control file is wanted and cannot be made. */
export async function needZsync({ images }: Program, wanted = false): Promise<boolean> {
  const name = 'zsyncmake';
  if (wanted && (await images.packing.versions([name]))[name] === undefined)
    throw new RackError('E_PROGRAM_MISSING', `cannot find the program "${name}"`, {
      hint: 'apt-get install zsync, or leave out --zsync',
    });
  return wanted;
}

/** Adds `--timeout`, for commands in the image. */
export function timeoutOption(command: Command): Command {
  return command.option(
    '--timeout <duration>',
    'longest time for each command in the image, 24h at most',
    '1h',
  );
}

/** `needBytes`: what must be free. Errors: those of `make`, which come first; E_IMAGE_INTERRUPTED; those of the workspace. */
export async function making<T>(
  program: Program,
  scratch: string,
  make: (tools: Making) => Promise<T>,
  needBytes = leastBytes,
): Promise<T> {
  const signal = stopSignal();
  const workspace = await program.images.openWorkspace(absolute(scratch), needBytes, printNote);
  let result: T;
  try {
    result = await make({ workspace, signal, progress: printNote });
  } catch (error) {
    // What cannot be taken away now is taken away by the next; the error that came first is the one to be told.
    await workspace.close().catch((left: Error) => printNote(left.message));
    if (!signal.aborted) throw error;
    throw new RackError('E_IMAGE_INTERRUPTED', 'cannot make the image: told to stop', {
      cause: error,
      hint: 'nothing was made; run it again',
    });
  }
  await workspace.close();
  return result;
}

/** Absolute form of a path of the command line. */
export function absolute(path: string): ReturnType<typeof hostPath> {
  return hostPath(resolve(path));
}

/** Error: E_USAGE. */
export function duration(text: string, name: string): number {
  const ms = parseDurationMs(text);
  if (ms === null || ms === 0 || ms > maxDurationMs)
    throw usageError(`${name} must be a duration such as 30s or 5m, 24h at most, not "${text}"`);
  return ms;
}

/** For an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
