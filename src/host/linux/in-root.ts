/**
 * Looks into a rack's tree the way a process in the rack would: no symbolic link and no `..` in it leads to the host.
 * Read only; never opens anything but regular files for reading, and never waits on a pipe or device.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, type Stats } from 'node:fs';
import { heldPath, isKernelError, openInRoot } from '../../kernel/index.js';
import type { HostPath, RackPath } from '../../model/index.js';

/** Opens the tree; `close` it afterwards. Error: the file system's own, when it is not there. */
export class RackRoot {
  readonly #fd: number;

  constructor(tree: HostPath) {
    this.#fd = openSync(tree, constants.O_RDONLY | constants.O_DIRECTORY);
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** First `maxBytes` of a regular file with its status; null when nothing is there (or no regular file, with `content` null). */
  read(path: RackPath, maxBytes: number): { readonly stat: Stats; readonly content: Buffer | null } | null {
    const fd = this.#open(path);
    if (fd === null) return null;
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return { stat, content: null };
      const content = Buffer.alloc(Math.min(maxBytes, stat.size));
      return { stat, content: content.subarray(0, readSync(fd, content, 0, content.length, 0)) };
    } finally {
      closeSync(fd);
    }
  }

  /** Whether anything is at `path`. */
  has(path: RackPath): boolean {
    const fd = this.#open(path);
    if (fd !== null) closeSync(fd);
    return fd !== null;
  }

  /** Names in a directory, sorted; empty when there is none. */
  list(path: RackPath): readonly string[] {
    const fd = this.#open(path);
    if (fd === null) return [];
    try {
      return fstatSync(fd).isDirectory() ? readdirSync(heldPath(fd)).sort() : [];
    } finally {
      closeSync(fd);
    }
  }

  #open(path: RackPath): number | null {
    try {
      // Without waiting: a pipe or a device in the tree must not hold the agent.
      return openInRoot(this.#fd, path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch (error) {
      if (isKernelError(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES', 'ENODEV')) return null;
      throw error;
    }
  }
}
