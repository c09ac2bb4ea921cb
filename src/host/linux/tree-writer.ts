/**
 * Writes into a tree that is somebody else's work: every path is resolved as a process would whose root it is, so no link in it leads to the host. What is there is replaced, never written through.
 */
import { closeSync, constants, lstatSync, openSync, type Stats } from 'node:fs';
import { chmod, chown, lchown, lstat, mkdir, open, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { heldPath, isKernelError, O_PATH, openInRoot } from '../../kernel/index.js';
import { type HostPath, RackError } from '../../model/index.js';

const directoryFlags = O_PATH | constants.O_DIRECTORY;

/** How an entry looks to others. */
export interface Face {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Paths are absolute in the tree, in plain form. Must be closed. Errors of all: E_IMAGE_STEP when something else is in the way, the file system's own. */
export class TreeWriter {
  readonly #root: number;

  constructor(tree: HostPath) {
    this.#root = openSync(tree, directoryFlags);
  }

  close(): void {
    closeSync(this.#root);
  }

  async has(name: string): Promise<boolean> {
    return (await this.#at(name, false, async (at) => lstatSync(at, { throwIfNoEntry: false }))) != null;
  }

  /** A regular file with that content, given whole or in pieces. */
  async file(name: string, content: Uint8Array | AsyncIterable<Uint8Array>, face: Face): Promise<void> {
    await this.#at(name, true, async (at, there) => {
      if (there?.isDirectory()) throw inTheWay(name, 'a directory');
      if (there !== null) await unlink(at);
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
      const handle = await open(at, flags, 0o600);
      try {
        await writeFile(handle, content);
        await handle.chown(face.uid, face.gid);
        await handle.chmod(face.mode);
      } finally {
        await handle.close();
      }
    });
  }

  /** A symbolic link with that text. */
  async link(name: string, target: string, { uid, gid }: Pick<Face, 'uid' | 'gid'>): Promise<void> {
    await this.#at(name, true, async (at, there) => {
      if (there?.isDirectory()) throw inTheWay(name, 'a directory');
      if (there !== null) await unlink(at);
      await symlink(target, at);
      await lchown(at, uid, gid);
    });
  }

  /** A directory; one that is there, also by a link, keeps its face unless `face` is given. */
  async directory(name: string, face: Face | null): Promise<void> {
    if (name === '/') return;
    const there = this.#open(name, directoryFlags);
    if (there === null) {
      await this.#at(name, true, async (at, entry) => {
        if (entry !== null)
          throw inTheWay(name, entry.isSymbolicLink() ? 'a link that leads nowhere' : 'a file');
        await mkdir(at);
        await chown(at, face?.uid ?? 0, face?.gid ?? 0);
        await chmod(at, face?.mode ?? 0o755);
      });
      return;
    }
    try {
      if (face === null) return;
      await chown(heldPath(there), face.uid, face.gid);
      await chmod(heldPath(there), face.mode);
    } finally {
      closeSync(there);
    }
  }

  /** Nothing is there any more; of a link the link. */
  async remove(name: string): Promise<void> {
    await this.#at(name, false, async (at) => rm(at, { recursive: true, force: true }));
  }

  /** `work` gets a path that leads to the entry as long as it runs. Missing directories above it are made, or else it is not called (undefined). */
  async #at<T>(
    name: string,
    make: boolean,
    work: (at: string, there: Stats | null) => Promise<T>,
  ): Promise<T | undefined> {
    const above = path.posix.dirname(name);
    if (make && above !== '/') await this.directory(above, null);
    const parent = this.#open(above, directoryFlags);
    if (parent === null) return undefined;
    try {
      const at = `${heldPath(parent)}/${path.posix.basename(name)}`;
      return await work(at, await lstat(at).catch(() => null));
    } finally {
      closeSync(parent);
    }
  }

  #open(name: string, flags: number): number | null {
    try {
      return openInRoot(this.#root, name, flags);
    } catch (error) {
      if (isKernelError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
      throw error;
    }
  }
}

function inTheWay(name: string, what: string): RackError {
  return new RackError('E_IMAGE_STEP', `cannot make "${name}": ${what} is there`, {
    hint: 'remove it first, by a step remove',
  });
}
