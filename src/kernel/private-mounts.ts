/**
 * A moment in a mount namespace of our own: nobody else sees what is mounted there, and all of it is gone afterwards. Synchronous and for the main
 * thread: no other JavaScript runs meanwhile, and the thread pool never leaves the namespace that everybody is in.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
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
  return fromHome((home) => {
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
      goHome(home);
    }
  });
}

/**
 * True in a chroot: whoever enters a mount namespace finds its root, and that is not ours; nor would it be a rack's, because pivot_root(2) changes the root that it is called in. Errors: KernelError, when
 * no namespace can be made.
 */
export function isChrooted(): boolean {
  return fromHome((home) => {
    // Who enters a namespace must share its root and directory with no other thread; this sees to it.
    unshare(CLONE_NEWNS);
    let root = -1;
    goHome(home, () => {
      root = openSync('/', constants.O_RDONLY | constants.O_DIRECTORY);
    });
    try {
      return placeOf(root) !== placeOf(home.root);
    } finally {
      closeSync(root);
    }
  });
}

/** Which directory, and by which mount. */
function placeOf(fd: number): string {
  const { dev, ino } = fstatSync(fd);
  const mount = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
  return `${mount} ${dev}:${ino}`;
}

/** Descriptors of where the thread is: its mount namespace, root and working directory. */
interface Home {
  readonly namespace: number;
  readonly root: number;
  readonly directory: number;
}

function fromHome<T>(act: (home: Home) => T): T {
  const opened: number[] = [];
  const open = (path: string, flags: number): number => {
    const fd = openSync(path, flags);
    opened.push(fd);
    return fd;
  };
  try {
    return act({
      namespace: open('/proc/thread-self/ns/mnt', constants.O_RDONLY),
      root: open('/', constants.O_RDONLY | constants.O_DIRECTORY),
      directory: open('.', constants.O_RDONLY | constants.O_DIRECTORY),
    });
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** `atItsRoot` is called in the namespace, at its own root. */
function goHome(home: Home, atItsRoot: () => void = () => {}): void {
  comeBackOrDie(() => {
    enter(home.namespace, CLONE_NEWNS);
    // That went to the namespace's root, which is not ours under a chroot.
    atItsRoot();
    fchdirCall.now('/', home.root);
    chrootCall.now('/', '.');
    fchdirCall.now('.', home.directory);
  });
}
