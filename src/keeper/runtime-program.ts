/**
 * Starts the runtime's program: crun and runc from a sealed copy in memory, which spares them to make one themselves at every start. The copy is made anew when the file is another one, so that an
 * upgrade of the runtime counts from the next start on. Other programs, and these where a copy may not be executed, are started from their file.
 */
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { heldPath, isKernelError, sealedCopy, startProgram, startRuntime } from '../kernel/index.js';
import type { OciRuntime } from '../model/index.js';

/** Those that run from a sealed file as from their own. A script would not: its interpreter looks for it when the copy is closed. */
const sealing: ReadonlySet<string> = new Set(['crun', 'runc']);

/** A program file; `fd`: its copy, null when it has none. */
interface Copy {
  readonly identity: string;
  readonly fd: number | null;
}

export class RuntimeProgram {
  readonly #runtime: OciRuntime;
  #copy: Copy | null = null;

  constructor(runtime: OciRuntime) {
    this.#runtime = runtime;
  }

  /** Its pid, to be waited for. Errors: KernelError, or Node's own where there is no such file; then nothing runs. */
  start(args: readonly string[], stdio: readonly (number | 'ignore')[]): number {
    const { path: name } = this.#runtime;
    const execute = (path: string): number =>
      startRuntime(this.#runtime, () => startProgram({ path, name, args, env: process.env, stdio }));
    const { fd, identity } = this.#freshCopy();
    if (fd === null) return execute(name);
    try {
      return execute(heldPath(fd));
    } catch (error) {
      // A policy of the host, or no /proc. What else fails would fail with the file as well.
      if (!isKernelError(error, 'EACCES', 'EPERM', 'ENOENT', 'ENOEXEC')) throw error;
      closeSync(fd);
      this.#copy = { identity, fd: null };
      return execute(name);
    }
  }

  #freshCopy(): Copy {
    const { path } = this.#runtime;
    if (this.#copy?.identity === identityOf(statSync(path))) return this.#copy;
    if (this.#copy !== null && this.#copy.fd !== null) closeSync(this.#copy.fd);
    // Nobody finds a closed descriptor there when the next line fails.
    this.#copy = null;
    this.#copy = copyOf(path);
    return this.#copy;
  }
}

function copyOf(path: string): Copy {
  const source = openSync(path, 'r');
  try {
    const identity = identityOf(fstatSync(source));
    return { identity, fd: sealing.has(basename(path)) ? copyIfPossible(source, basename(path)) : null };
  } finally {
    closeSync(source);
  }
}

function copyIfPossible(source: number, name: string): number | null {
  try {
    return sealedCopy(source, name);
  } catch {
    return null;
  }
}

function identityOf(file: {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly ctimeMs: number;
}): string {
  return [file.dev, file.ino, file.size, file.ctimeMs].join(' ');
}
