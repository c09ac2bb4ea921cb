/**
 * What a runtime makes in a root to have something to mount a file on: an empty file where there was none, and the directories above it; of a link that leads nowhere, at the place where it leads. It must not get into
 * an image. Inside of the root only: no link in it leads out.
 */
import { closeSync, constants, lstatSync, openSync, readlinkSync, rmdirSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { heldPath, isKernelError, O_PATH, openInRoot } from '../../kernel/index.js';
import type { HostPath } from '../../model/index.js';

const directoryFlags = O_PATH | constants.O_DIRECTORY;
/** As the kernel follows. */
const maxLinks = 40;

/** Something that is not there yet; paths are absolute in the root. */
export interface Lacking {
  readonly file: string;
  /** Those above it that are not there either, the deepest first. */
  readonly directories: readonly string[];
}

/** Those of the paths (absolute in the root) at which nothing is, links followed inside the root. */
export function lackingIn(root: HostPath, paths: readonly string[]): readonly Lacking[] {
  return withRoot(root, (fd) =>
    paths.filter((name) => !isThere(fd, name)).map((name) => lackingAt(fd, destination(fd, name))),
  );
}

/** No empty regular file is at any of them, nor an empty directory above it that was not there; anything else was put there by somebody, and stays. */
export function removePlaceholders(root: HostPath, all: readonly Lacking[]): void {
  if (all.length === 0) return;
  withRoot(root, (fd) => {
    for (const { file, directories } of all) {
      inParent(fd, file, (at) => {
        const stat = lstatSync(at, { throwIfNoEntry: false });
        if (stat?.isFile() && stat.size === 0) unlinkSync(at);
      });
      for (const directory of directories) inParent(fd, directory, removeEmpty);
    }
  });
}

/** Where a file of that name is made: links are followed, also where they lead nowhere yet. */
function destination(root: number, name: string): string {
  let place = name;
  for (let links = 0; links < maxLinks; links++) {
    const target = inParent(root, place, (at) =>
      lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(at) : null,
    );
    if (target === null) break;
    place = path.posix.resolve(path.posix.dirname(place), target);
  }
  return place;
}

function lackingAt(root: number, file: string): Lacking {
  const directories: string[] = [];
  for (let above = path.posix.dirname(file); !isThere(root, above); above = path.posix.dirname(above))
    directories.push(above);
  return { file, directories };
}

function removeEmpty(at: string): void {
  try {
    rmdirSync(at);
  } catch {
    // It is not there, or no longer only ours.
  }
}

/** `work` gets a path that leads to the entry while it runs. Null when its directory is not there. */
function inParent<T>(root: number, name: string, work: (at: string) => T): T | null {
  const parent = open(root, path.posix.dirname(name), directoryFlags);
  if (parent === null) return null;
  try {
    return work(`${heldPath(parent)}/${path.posix.basename(name)}`);
  } finally {
    closeSync(parent);
  }
}

function isThere(root: number, name: string): boolean {
  const fd = open(root, name, O_PATH);
  if (fd !== null) closeSync(fd);
  return fd !== null;
}

function open(root: number, name: string, flags: number): number | null {
  try {
    return openInRoot(root, name, flags);
  } catch (error) {
    if (isKernelError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw error;
  }
}

function withRoot<T>(root: HostPath, work: (fd: number) => T): T {
  const fd = openSync(root, directoryFlags);
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}
