/** What the commands that only look at a writable layer work on. */
import type { ResettableDeps, ShadowDeps } from '../reconciler/index.js';
import type { Program } from './program.js';

export interface ToOption {
  readonly to?: string;
}

/** No lock is taken, and a running agent is not asked. */
export async function shadowDeps(program: Program, config: string): Promise<ShadowDeps & ResettableDeps> {
  const machine = await program.openMachine(config);
  return { host: machine.host, store: machine.readableStore() };
}
