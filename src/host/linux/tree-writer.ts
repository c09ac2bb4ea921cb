/**
 * Writes into a tree that is somebody else's work: every path is resolved as a process would whose root it is, so no link in it leads to the host. What is there is replaced, never written through.
 */
import { closeSync, constants, lstatSync, openSync, readlinkSync, type Stats } from 'node:fs';
import { chmod, chown, lchown, lstat, mkdir, open, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { heldPath, isKernelError, O_PATH, openInRoot } from '../../kernel/index.js';
import { shorten, textOfBytes } from '../../lib/index.js';
import { type HostPath, RackError } from '../../model/index.js';
import { asFull } from './disk-full.js';

const directoryFlags = O_PATH | constants.O_DIRECTORY;

/** How an entry looks to others. */
export interface Face {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Paths are absolute in the tree, in plain form. What makes an entry resolves to the path at which it really is (another one where a directory above it is a link), as `textOfBytes` writes it. Must be closed.
 * Errors of all: E_IMAGE_STEP (something else is in the way, the file system takes no such name), E_DISK_SPACE.
 */
export class TreeWriter {
  readonly #root: number;

  constructor(tree: HostPath) {
    this.#root = openSync(tree, directoryFlags);
  }

  close(): void {
    closeSync(this.#root);
  }

  async has(name: string): Promise<boolean> {
    return (await this.#at(name, async (at) => lstatSync(at, { throwIfNoEntry: false }))) != null;
  }

  /** A regular file with that content, given whole or in pieces. */
  async file(name: string, content: Uint8Array | AsyncIterable<Uint8Array>, face: Face): Promise<string> {
    return await this.#make(name, async (at, there) => {
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
  async link(name: string, target: string, { uid, gid }: Pick<Face, 'uid' | 'gid'>): Promise<string> {
    return await this.#make(name, async (at, there) => {
      if (there?.isDirectory()) throw inTheWay(name, 'a directory');
      if (there !== null) await unlink(at);
      await symlink(target, at);
      await lchown(at, uid, gid);
    });
  }

  /** A directory; one that is there, also by a link, keeps its face unless `face` is given. */
  async directory(
    name: string,
    face: Face | null,
  ): Promise<{ readonly place: string; readonly isNew: boolean }> {
    if (name === '/') return { place: name, isNew: false };
    const there = await explaining(name, async () => this.#open(name, directoryFlags));
    if (there === null) {
      const place = await this.#make(name, async (at, entry) => {
        if (entry !== null)
          throw inTheWay(name, entry.isSymbolicLink() ? 'a link that leads nowhere' : 'a file');
        await mkdir(at);
        await chown(at, face?.uid ?? 0, face?.gid ?? 0);
        await chmod(at, face?.mode ?? 0o755);
      });
      return { place, isNew: true };
    }
    try {
      if (face !== null) {
        await chown(heldPath(there), face.uid, face.gid);
        await chmod(heldPath(there), face.mode);
      }
      return { place: this.#placeOf(there), isNew: false };
    } finally {
      closeSync(there);
    }
  }

  /** Nothing is there any more; of a link the link. */
  async remove(name: string): Promise<void> {
    await this.#at(name, async (at) => rm(at, { recursive: true, force: true }));
  }

  /** Missing directories above the entry are made. */
  async #make(name: string, work: (at: string, there: Stats | null) => Promise<void>): Promise<string> {
    const above = path.posix.dirname(name);
    if (above !== '/') await this.directory(above, null);
    const place = await this.#at(name, async (at, there, directory) => {
      await work(at, there);
      return `${directory === '/' ? '' : directory}/${textOfBytes(Buffer.from(path.posix.basename(name)))}`;
    });
    if (place === undefined) throw new Error(`internal error: "${above}" was made and is not there`);
    return place;
  }

  /** `work` gets a path that leads to the entry as long as it runs, and where its directory really is. Not called (undefined) when that is not there. */
  async #at<T>(
    name: string,
    work: (at: string, there: Stats | null, directory: string) => Promise<T>,
  ): Promise<T | undefined> {
    return await explaining(name, async () => {
      const parent = this.#open(path.posix.dirname(name), directoryFlags);
      if (parent === null) return undefined;
      try {
        const at = `${heldPath(parent)}/${path.posix.basename(name)}`;
        return await work(at, await lstat(at).catch(() => null), this.#placeOf(parent));
      } finally {
        closeSync(parent);
      }
    });
  }

  #placeOf(fd: number): string {
    const [root, place] = [this.#root, fd].map((each) => readlinkSync(heldPath(each), 'buffer'));
    const below = place?.subarray(root?.length);
    return below === undefined || below.length === 0 ? '/' : textOfBytes(below);
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

/** What the file system refuses, as an error of ours. */
async function explaining<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const what = `cannot change "${shorten(name, 120)}"`;
    const told = asFull(error, what);
    const isRefused = told === error && error instanceof Error && 'syscall' in error && 'code' in error;
    throw isRefused ? new RackError('E_IMAGE_STEP', `${what}: ${error.code}`, { cause: error }) : told;
  }
}

function inTheWay(name: string, what: string): RackError {
  return new RackError('E_IMAGE_STEP', `cannot make "${name}": ${what} is there`, {
    hint: 'remove it first, by a step remove',
  });
}
