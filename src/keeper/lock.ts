/** One keeper per run directory: a flock that the kernel drops when its holder ends, however it ends. */
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { tryLock } from '../kernel/index.js';

/** Takes the lock for the rest of this process's life; false when another keeper lives. */
export function takeKeeperLock(lockPath: string): boolean {
  for (;;) {
    const fd = openSync(lockPath, 'a', 0o600);
    if (!tryLock(fd)) {
      closeSync(fd);
      return false;
    }
    // A keeper that ends removes the file: a lock on a removed file keeps nobody out.
    if (isSameFile(fd, lockPath)) return true;
    closeSync(fd);
  }
}

function isSameFile(fd: number, path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.ino === fstatSync(fd).ino;
}
