/**
 * A moment in a mount namespace of our own: nobody else sees what is mounted there, and all of it is gone afterwards. Synchronous and for the main
 * thread: no other JavaScript runs meanwhile, and the thread pool never leaves the namespace that everybody is in.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { bind } from './libc.js';
import { MS_NODEV, MS_NOSUID } from './mount.js';
import { CLONE_NEWNS, comeBackOrDie, enter, unshare } from './namespaces.js';

const fchdirCall = bind('fchdir', 'int fchdir(int fd)');
const chrootCall = bind('chroot', 'int chroot(const char *path)');
const mountCall = bind(
  'mount',
  'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
);

const MS_BIND = 4_096;
const MS_REC = 16_384;
const MS_PRIVATE = 1 << 18;
const MS_SLAVE = 1 << 19;

export interface PrivateMounts {
  /** An empty directory of ours over `target`. */
  coverByEmpty(target: string): void;
  /** The directory `source`, as it is, at `target`. */
  bindMount(source: string, target: string): void;
}

/**
 * Runs `act` there. Its descriptors must be closed before it returns. `following`: what the host mounts and unmounts later happens there too, as a program needs that is
 * started there and stays. Errors: KernelError, when no namespace can be made.
 */
export function inPrivateMounts<T>(act: (mounts: PrivateMounts) => T, { following = false } = {}): T {
  const home = openSync('/proc/thread-self/ns/mnt', constants.O_RDONLY);
  const root = openSync('/', constants.O_RDONLY | constants.O_DIRECTORY);
  const directory = openSync('.', constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    unshare(CLONE_NEWNS);
    try {
      // Without this a mount of ours would show in every namespace that shares with the host's.
      mountCall.now('private /', null, '/', null, MS_REC | (following ? MS_SLAVE : MS_PRIVATE), null);
      return act({
        coverByEmpty: (target) => {
          mountCall.now(`tmpfs at ${target}`, 'tmpfs', target, 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=0700');
        },
        bindMount: (source, target) => {
          mountCall.now(`bind at ${target}`, source, target, null, MS_BIND, null);
        },
      });
    } finally {
      comeBackOrDie(() => {
        enter(home, CLONE_NEWNS);
        // That goes to the namespace's root, which is not ours under a chroot.
        fchdirCall.now('/', root);
        chrootCall.now('/', '.');
        fchdirCall.now('.', directory);
      });
    }
  } finally {
    closeSync(home);
    closeSync(root);
    closeSync(directory);
  }
}
