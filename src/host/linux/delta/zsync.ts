/**
 * Runs zsync on what a server sent: as a user who has nothing, without capabilities and without a way to get any, in a network that has one server, with an end to its memory, its time and what it writes, and never
 * longer than this process lives.
 */
import { boundArguments } from '../bound-program.js';
import { findProgram, missingProgram } from '../programs.js';
import { type StreamResult, streamProgram } from '../streamed-program.js';
import type { ControlHead } from './control.js';
import { names, workerUid } from './workroom.js';

/** Beside its table of blocks; a small one of its kind has 5 MiB. */
const memoryBytes = 64 * 1_048_576;
/** Of its table: 32 of each block, and two indexes of it. */
const memoryPerBlock = 128;
/** It reads some 200 MiB/s of the old image on a common machine. Sums that were made to be slow end here. */
const slowestBytesPerSecond = 4 * 1_048_576;
const leastCpuSeconds = 10;
/** The parts have their own rules about servers that stall; this is for what nobody thought of: 32 KiB/s, and an hour. */
const slowestLineBytesPerSecond = 32_768;
const leastMs = 3_600_000;

export interface ZsyncOptions {
  /** Directory, see workroom.ts. */
  readonly workroom: string;
  /** Path of the network that it may use. */
  readonly network: string;
  readonly head: ControlHead;
  /** Of the old image. */
  readonly seedBytes: number;
  readonly signal: AbortSignal;
}

/** As of `streamProgram`. Errors: E_PROGRAM_MISSING; the signal's reason, within a moment. */
export async function runZsync(options: ZsyncOptions): Promise<StreamResult> {
  const program = findProgram('zsync');
  if (program === null) throw missingProgram('zsync');
  const [first, args] = zsyncArguments(program, options);
  const { length } = options.head;
  const result = await streamProgram(first, args, {
    timeoutMs: leastMs + (length / slowestLineBytesPerSecond) * 1_000,
    signal: options.signal,
    graceMs: 0,
  });
  return { ...result, explain: result.explain.replace(first, 'zsync') };
}

/** Program and arguments. Pure. */
export function zsyncArguments(
  zsync: string,
  { workroom, network, head, seedBytes }: Omit<ZsyncOptions, 'signal'>,
): readonly [string, readonly string[]] {
  const cpuSeconds = leastCpuSeconds + Math.ceil((seedBytes + head.length) / slowestBytesPerSecond);
  const limits = [
    `--as=${memoryBytes + head.blocks * memoryPerBlock}`,
    `--cpu=${cpuSeconds}`,
    // It writes whole blocks and cuts the last one.
    `--fsize=${head.blocks * head.blockSize}`,
    '--nofile=32',
    '--nproc=1',
    '--core=0',
  ];
  const rights = [
    `--reuid=${workerUid}`,
    `--regid=${workerUid}`,
    '--clear-groups',
    '--inh-caps=-all',
    '--ambient-caps=-all',
    '--bounding-set=-all',
    '--no-new-privs',
    // A change of user takes away what was set before it.
    '--pdeathsig=KILL',
  ];
  const files = ['-q', '-i', names.seed, '-o', names.image, names.control];
  const limited = [...rights, 'prlimit', ...limits, '--', zsync, ...files];
  return boundArguments('setpriv', limited, { network, directory: workroom });
}
