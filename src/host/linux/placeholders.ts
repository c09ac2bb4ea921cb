/**
 * What a runtime makes in a root to have something to mount a file on: an empty file where there was none. It must not get into an image. Inside of the root only: no link in it leads out.
 */
import { closeSync, constants, lstatSync, openSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { heldPath, isKernelError, O_PATH, openInRoot } from '../../kernel/index.js';
import type { HostPath } from '../../model/index.js';

/** Those of the paths (absolute in the root) at which nothing is, links followed inside the root. */
export function lackingIn(root: HostPath, paths: readonly string[]): readonly string[] {
  return withRoot(root, (fd) => paths.filter((name) => !isThere(fd, name)));
}

/** No empty regular file is at any of the paths; anything else there was put there by somebody, and stays. */
export function removePlaceholders(root: HostPath, paths: readonly string[]): void {
  if (paths.length === 0) return;
  withRoot(root, (fd) => {
    for (const name of paths) removePlaceholder(fd, name);
  });
}

function removePlaceholder(root: number, name: string): void {
  const parent = open(root, path.posix.dirname(name), O_PATH | constants.O_DIRECTORY);
  if (parent === null) return;
  try {
    const file = `${heldPath(parent)}/${path.posix.basename(name)}`;
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() && stat.size === 0) unlinkSync(file);
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
  const fd = openSync(root, O_PATH | constants.O_DIRECTORY);
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}
