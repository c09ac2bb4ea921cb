/** One keeper per run directory: a flock that the kernel drops when its holder ends, however it ends. */
import { closeSync, existsSync, fstatSync, openSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../kernel/index.js';

/** A keeper that ends removes its socket first and then waits for the runtime to forget the last containers. */
const waitMs = 25_000;

/**
 * Takes the lock for the rest of this process's life; false when another keeper lives and listens. One that is about to end is waited
 * for: who started this process was told by it to look for another.
 */
export async function becomeKeeper(lockPath: string, socketPath: string): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  while (!takeLock(lockPath)) {
    if (existsSync(socketPath)) return false;
    if (performance.now() > deadline) throw new Error('another keeper neither works nor ends');
    await sleep(20);
  }
  return true;
}

function takeLock(lockPath: string): boolean {
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
