/**
 * A helper program whose life is bound to ours: in a process namespace and a mount namespace of its own, the first process of which the kernel kills when we die, by whatever signal. So what it mounted and
 * started is gone with it, and nobody has to find it later.
 */

import { findProgram, missingProgram } from './programs.js';
import { type StreamOptions, type StreamResult, streamProgram } from './streamed-program.js';

/** As of `streamProgram`, which tells the same of the program itself. Errors: E_PROGRAM_MISSING, the signal's reason. */
export async function streamBound(
  name: string,
  args: readonly string[],
  options: StreamOptions,
): Promise<StreamResult> {
  const path = findProgram(name);
  if (path === null) throw missingProgram(name);
  const [program, all] = boundArguments(path, args);
  const result = await streamProgram(program, all, options);
  return { ...result, explain: result.explain.replace(program, name) };
}

export interface Place {
  /** Network namespace, as a path; absent: ours. */
  readonly network?: string;
  /** Where the program begins; absent: `/`. */
  readonly directory?: string;
}

/** Program and arguments for `streamProgram`. Pure. */
export function boundArguments(
  program: string,
  args: readonly string[],
  { network, directory }: Place = {},
): readonly [string, readonly string[]] {
  const namespaces = [
    '--mount',
    // What the host unmounts meanwhile goes here too. A copy of a rack's tree that stayed would keep the rack from being swapped for as long as the program runs. (Where the host's mounts are private, as in
    // many containers, nothing is passed on, and it does stay.)
    '--propagation',
    'slave',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    ...(directory === undefined ? [] : [`--wd=${directory}`]),
  ];
  const enter = network === undefined ? [] : ['nsenter', `--net=${network}`];
  return ['setpriv', ['--pdeathsig', 'KILL', ...enter, 'unshare', ...namespaces, program, ...args]];
}
