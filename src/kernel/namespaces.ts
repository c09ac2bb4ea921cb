/**
 * Leaving a namespace for a moment and coming back. A namespace is a thread's own: all of it happens at once, on the calling thread, and the thread pool never leaves
 * the one that everybody is in. A program that cannot come back must not go on: it would act where nobody expects it.
 */
import { bind } from './libc.js';

const unshareCall = bind('unshare', 'int unshare(int flags)');
const setnsCall = bind('setns', 'int setns(int fd, int type)');

export const CLONE_NEWNS = 0x20000;
export const CLONE_NEWNET = 0x40000000;

/** The calling thread is in a new namespace of that kind. Errors: KernelError. */
export function unshare(kind: number): void {
  unshareCall.now('namespace', kind);
}

/** The calling thread is in the namespace of the descriptor. Errors: KernelError. */
export function enter(fd: number, kind: number): void {
  setnsCall.now(`descriptor ${fd}`, fd, kind);
}

/** `back` brings the thread home; if it fails this process ends at once. */
export function comeBackOrDie(back: () => void): void {
  try {
    back();
  } catch {
    process.abort();
  }
}
