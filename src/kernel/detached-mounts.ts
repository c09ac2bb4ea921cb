/**
 * Mounts that are nowhere: a descriptor is all there is of one. Nobody finds it by a path, it keeps no other mount busy, and it is gone with the descriptor, also when the process is killed. Linux 5.2.
 */
import { closeSync } from 'node:fs';
import { bind } from './libc.js';

const openTreeCall = bind('open_tree', 'long syscall(long number, int dirfd, const char *path, uint flags)');
const fsopenCall = bind('fsopen', 'long syscall(long number, const char *type, uint flags)');
const fsconfigCall = bind(
  'fsconfig',
  'long syscall(long number, int fd, uint command, const char *key, const char *value, int aux)',
);
const fsmountCall = bind('fsmount', 'long syscall(long number, int fd, uint flags, uint attributes)');

/** The same on all architectures: they came after the numbers were made one. */
const SYS_open_tree = 428;
const SYS_fsopen = 430;
const SYS_fsconfig = 431;
const SYS_fsmount = 432;

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const OPEN_TREE_CLONE = 1;
const OPEN_TREE_CLOEXEC = 0o2000000;
const CLOEXEC = 1;
const FSCONFIG_SET_FLAG = 0;
const FSCONFIG_SET_STRING = 1;
const FSCONFIG_CMD_CREATE = 6;
/** MOUNT_ATTR_RDONLY, NOSUID, NODEV, NOEXEC. */
const lookOnly = 1 | 2 | 4 | 8;

/** Descriptor (O_PATH) of the root of the squashfs on that block device, read-only. The caller closes it. Errors: KernelError. */
export async function mountDetached(device: string): Promise<number> {
  const context = fsopenCall.now('squashfs', SYS_fsopen, 'squashfs', CLOEXEC);
  try {
    fsconfigCall.now(device, SYS_fsconfig, context, FSCONFIG_SET_STRING, 'source', device, 0);
    fsconfigCall.now(device, SYS_fsconfig, context, FSCONFIG_SET_FLAG, 'ro', null, 0);
    await fsconfigCall.later(
      `squashfs on ${device}`,
      SYS_fsconfig,
      context,
      FSCONFIG_CMD_CREATE,
      null,
      null,
      0,
    );
    return fsmountCall.now(`squashfs on ${device}`, SYS_fsmount, context, CLOEXEC, lookOnly);
  } finally {
    closeSync(context);
  }
}

/** Descriptor (O_PATH) of a copy of the mount at the path, without those below it. The caller closes it. Errors: KernelError (EINVAL: nothing is mounted there). */
export function cloneMount(path: string): number {
  const flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW;
  return openTreeCall.now(path, SYS_open_tree, AT_FDCWD, path, flags);
}
