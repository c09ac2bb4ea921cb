/**
 * Starts the runtime's program: from a sealed copy in memory, which spares it to make one itself at every start. The copy is made anew when the file is another one, so that an upgrade of the
 * runtime counts from the next start on. Where copies may not be executed the file itself is.
 */
import { closeSync, statSync } from 'node:fs';
import { sealedCopy, sealedPath, startProgram, startRuntime } from '../kernel/index.js';
import type { OciRuntime } from '../model/index.js';

export class RuntimeProgram {
  readonly #runtime: OciRuntime;
  /** `fd` null: no copy of that file can be made or executed. */
  #copy: { readonly identity: string; readonly fd: number | null } | null = null;

  constructor(runtime: OciRuntime) {
    this.#runtime = runtime;
  }

  /** Its pid, to be waited for. Errors: KernelError, or Node’s own where there is no such file; then nothing runs. */
  start(args: readonly string[], stdio: readonly (number | 'ignore')[]): number {
    const { path: name } = this.#runtime;
    const execute = (path: string): number =>
      startRuntime(this.#runtime, () => startProgram({ path, name, args, env: process.env, stdio }));
    const copy = this.#freshCopy();
    if (copy.fd === null) return execute(name);
    try {
      return execute(sealedPath(copy.fd));
    } catch {
      // A policy of the host forbids it; and what else is wrong is wrong with the file as well.
      const pid = execute(name);
      closeSync(copy.fd);
      this.#copy = { ...copy, fd: null };
      return pid;
    }
  }

  #freshCopy(): { readonly identity: string; readonly fd: number | null } {
    const { path } = this.#runtime;
    const { dev, ino, size, mtimeMs } = statSync(path);
    const identity = [dev, ino, size, mtimeMs].join(' ');
    if (this.#copy?.identity === identity) return this.#copy;
    if (this.#copy?.fd != null) closeSync(this.#copy.fd);
    this.#copy = { identity, fd: copyOf(path) };
    return this.#copy;
  }
}

function copyOf(path: string): number | null {
  try {
    return sealedCopy(path);
  } catch {
    return null;
  }
}
