/**
 * A helper program whose life is bound to ours: in a process namespace and a mount namespace of its own, the first process of which the kernel kills when we die, by whatever signal. So what it mounted and
 * started is gone with it, and nobody has to find it later.
 */

/** Program and arguments for `streamProgram`. Pure. */
export function bound(program: string, args: readonly string[]): readonly [string, readonly string[]] {
  const namespaces = [
    '--mount',
    '--propagation',
    'private',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  return ['setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, program, ...args]];
}
