/**
 * Calls on descriptors and paths that Node does not offer. Paths are the host's. What is not said otherwise throws a `KernelError` with the errno's name (`ENOENT`, `EPERM`, `EBADF` …), and has
 * changed nothing then.
 */
import { closeSync } from 'node:fs';
import { shorten } from '../lib/index.js';
import { fcntl } from './fcntl.js';
import { bind, isKernelError, KernelError } from './libc.js';

const flockCall = bind('flock', 'int flock(int fd, int operation)');
const closeRangeCall = bind('close_range', 'long syscall(long number, uint first, uint last, uint flags)');
const openat2Call = bind(
  'openat2',
  'long syscall(long number, int dirfd, uint8_t *path, uint8_t *how, unsigned long size)',
);
const lgetxattrCall = bind(
  'lgetxattr',
  'long lgetxattr(uint8_t *path, const char *name, uint8_t *value, unsigned long size)',
);
const getxattrCall = bind(
  'getxattr',
  'long getxattr(uint8_t *path, const char *name, uint8_t *value, unsigned long size)',
);
const llistxattrCall = bind(
  'llistxattr',
  'long llistxattr(uint8_t *path, uint8_t *list, unsigned long size)',
);
const listxattrCall = bind('listxattr', 'long listxattr(uint8_t *path, uint8_t *list, unsigned long size)');
const setxattrCall = bind(
  'lsetxattr',
  'int lsetxattr(uint8_t *path, const char *name, uint8_t *value, unsigned long size, int flags)',
);
const removexattrCall = bind('lremovexattr', 'int lremovexattr(uint8_t *path, const char *name)');

const lseekCall = bind('lseek', 'long lseek(int fd, long offset, int whence)');
const ficloneCall = bind('ioctl', 'int ioctl(int fd, unsigned long request, int source)');
const mknodCall = bind('mknod', 'int mknod(uint8_t *path, uint mode, unsigned long device)');
const utimensatCall = bind('utimensat', 'int utimensat(int dirfd, uint8_t *path, uint8_t *times, int flags)');

const LOCK_EX = 2;
const LOCK_SH = 1;
const LOCK_NB = 4;
const LOCK_UN = 8;
const F_SETFD = 2;
const F_SETLEASE = 1_024;
const F_RDLCK = 0;
const F_UNLCK = 2;
const FD_CLOEXEC = 1;
const SYS_close_range = 436;
const CLOSE_RANGE_CLOEXEC = 4;
const SYS_openat2 = 437;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const FICLONE = 0x40049409;
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
/** Of a path in a message. */
const maxSaid = 200;
export const RESOLVE_NO_MAGICLINKS = 0x02;
export const RESOLVE_NO_SYMLINKS = 0x04;
export const RESOLVE_IN_ROOT = 0x10;

/**
 * True when somebody may write to the file behind `fd` (open for reading only) without opening it anew: a descriptor or a mapping from before its owner or mode was changed. The kernel grants a read lease only on a
 * file that nobody has open for writing; it is given back at once. Where there are no leases the answer is true: not known counts as yes. Needs to own the file, or root. No errors.
 */
export function isOpenForWriting(fd: number): boolean {
  try {
    fcntl('read lease', fd, F_SETLEASE, F_RDLCK);
    fcntl('no lease', fd, F_SETLEASE, F_UNLCK);
    return false;
  } catch (error) {
    if (error instanceof KernelError) return true;
    throw error;
  }
}

/** Takes an exclusive lock (flock(2), of the open file: children that inherit it keep it) without waiting; false when somebody has it. Error: KernelError, e.g. EBADF. */
export function tryLock(fd: number): boolean {
  return flock(fd, LOCK_EX | LOCK_NB);
}

/** True when an exclusive lock could be had now; holds a shared one for that moment only. Error: KernelError, e.g. EBADF. */
export function isUnlocked(fd: number): boolean {
  if (!flock(fd, LOCK_SH | LOCK_NB)) return false;
  flock(fd, LOCK_UN);
  return true;
}

function flock(fd: number, operation: number): boolean {
  try {
    flockCall.now('lock file', fd, operation);
    return true;
  } catch (error) {
    if (error instanceof KernelError && (error.code === 'EAGAIN' || error.code === 'EWOULDBLOCK'))
      return false;
    throw error;
  }
}

/** Programs that are started from now on inherit the descriptor, or do not. Error: KernelError (EBADF). */
export function setInheritable(fd: number, inheritable: boolean): void {
  fcntl(`descriptor ${fd}`, fd, F_SETFD, inheritable ? 0 : FD_CLOEXEC);
}

/** No descriptor from `first` on is inherited by programs that are started from now on. Error: KernelError (EINVAL, or ENOSYS before Linux 5.11). */
export function closeOnExecFrom(first: number): void {
  closeRangeCall.now('descriptors', SYS_close_range, first, 0xffffffff, CLOSE_RANGE_CLOEXEC);
}

/**
 * Tries of openat2(2). It fails with EAGAIN when anything at all on the machine was renamed or mounted while it went up a `..` (also one in a link), because it could not be sure then that the
 * path stayed within; asking again is what its manual says. One try takes microseconds: a hundred in a row fail only where renames never cease.
 */
const openTries = 100;

/**
 * Opens `path` as a process would whose root is `rootFd`: no symbolic link and no `..` leads out. `flags`: open(2) flags.
 * The caller closes the descriptor. Errors: KernelError (ELOOP for links where `noSymlinks` forbids them, ENOENT, and what open(2) has).
 */
export function openInRoot(rootFd: number, path: BytePath, flags: number, noSymlinks = false): number {
  const how = Buffer.alloc(24);
  const O_CLOEXEC = 0o2000000;
  how.writeBigUInt64LE(BigInt(flags | O_CLOEXEC), 0);
  how.writeBigUInt64LE(
    BigInt(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (noSymlinks ? RESOLVE_NO_SYMLINKS : 0)),
    16,
  );
  for (let attempt = 1; ; attempt++) {
    try {
      return openat2Call.now(
        shorten(String(path), maxSaid),
        SYS_openat2,
        rootFd,
        cPath(path),
        how,
        how.length,
      );
    } catch (error) {
      if (attempt === openTries || !isKernelError(error, 'EAGAIN')) throw error;
    }
  }
}

/** Error: Node's own (EBADF). */
export function closeFd(fd: number): void {
  closeSync(fd);
}

/** A path; as bytes where it may be no UTF-8, as names in a rack's tree may. */
export type BytePath = string | Uint8Array;

/** As C reads it. Error: a zero byte inside, which would cut it short. */
function cPath(path: BytePath): Buffer {
  const bytes = Buffer.from(path);
  if (bytes.includes(0)) throw new Error('internal error: a path with a zero byte');
  return Buffer.concat([bytes, Buffer.alloc(1)]);
}

/** Whether the path itself (no link followed) has the extended attribute; false where the file system has none at all. Error: KernelError (ENOENT, EACCES …). */
export function hasXattr(path: BytePath, name: string): boolean {
  try {
    lgetxattrCall.now(String(path), cPath(path), name, null, 0);
    return true;
  } catch (error) {
    if (error instanceof KernelError && (error.code === 'ENODATA' || error.code === 'ENOTSUP')) return false;
    throw error;
  }
}

/**
 * Value of an extended attribute of the path itself (no link followed) or of what it leads to (`follow`), at most 64 KiB; null when it has none, or the file system none at all.
 * Error: KernelError (ENOENT, ERANGE …).
 */
export function getXattr(path: BytePath, name: string, follow = false): Buffer | null {
  const value = Buffer.alloc(65_536);
  const call = follow ? getxattrCall : lgetxattrCall;
  try {
    const size = call.now(String(path), cPath(path), name, value, value.length);
    return value.subarray(0, size);
  } catch (error) {
    if (error instanceof KernelError && (error.code === 'ENODATA' || error.code === 'ENOTSUP')) return null;
    throw error;
  }
}

/**
 * Names of the extended attributes of the path itself (no link followed) or of what it leads to (`follow`), in no order; empty where the file system has none.
 * Error: KernelError (ENOENT, E2BIG beyond 64 KiB).
 */
export function listXattrs(path: BytePath, follow = false): readonly string[] {
  const list = Buffer.alloc(65_536);
  const call = follow ? listxattrCall : llistxattrCall;
  try {
    const size = call.now(String(path), cPath(path), list, list.length);
    return list
      .subarray(0, size)
      .toString('utf8')
      .split('\0')
      .filter((name) => name !== '');
  } catch (error) {
    if (error instanceof KernelError && error.code === 'ENOTSUP') return [];
    throw error;
  }
}

/** Whether there is any extended attribute; as of listXattrs, and a tenth of its price. */
export function hasXattrs(path: BytePath, follow = false): boolean {
  const call = follow ? listxattrCall : llistxattrCall;
  try {
    return call.now(String(path), cPath(path), null, 0) > 0;
  } catch (error) {
    if (error instanceof KernelError && error.code === 'ENOTSUP') return false;
    throw error;
  }
}

/** The path itself (no link followed) has the attribute with that value, whether it had it before or not. Error: KernelError (ENOSPC, EPERM, ENOTSUP, ENOENT …). */
export function setXattr(path: BytePath, name: string, value: Uint8Array): void {
  setxattrCall.now(`${name} of ${path}`, cPath(path), name, Buffer.from(value), value.length, 0);
}

/** The path itself (no link followed) has no such attribute, whether it had it before or not. Error: KernelError (EPERM, ENOENT …). */
export function removeXattr(path: BytePath, name: string): void {
  try {
    removexattrCall.now(`${name} of ${path}`, cPath(path), name);
  } catch (error) {
    if (!(error instanceof KernelError && error.code === 'ENODATA')) throw error;
  }
}

/** Makes a pipe, socket, device or whiteout. `mode`: with the type's bits, cut by the umask; `device`: as stat(2) shows it. Error: KernelError (EEXIST, EPERM, ENOSPC …). */
export function makeNode(path: BytePath, mode: number, device: bigint): void {
  mknodCall.now(String(path), cPath(path), mode, device);
}

/** Sets the times of the path itself (no link followed), in ns since the epoch, negative before it; rounded by what the file system keeps. Error: KernelError (ENOENT, EPERM …). */
export function setTimes(path: BytePath, atimeNs: bigint, mtimeNs: bigint): void {
  const times = Buffer.alloc(32);
  for (const [index, ns] of [atimeNs, mtimeNs].entries()) {
    // The kernel wants the ns part positive, also before 1970.
    const rest = ((ns % second) + second) % second;
    times.writeBigInt64LE((ns - rest) / second, index * 16);
    times.writeBigInt64LE(rest, index * 16 + 8);
  }
  utimensatCall.now(String(path), AT_FDCWD, cPath(path), times, AT_SYMLINK_NOFOLLOW);
}

const second = 1_000_000_000n;

/**
 * The next run of bytes that is no hole, from `offset` on, `end` excluded; null when only a hole follows, or nothing. All in bytes. A file system that knows no holes has one run. Moves the
 * descriptor's own position. Error: KernelError (EBADF, ESPIPE …).
 */
export function nextData(
  fd: number,
  offset: number,
): { readonly start: number; readonly end: number } | null {
  try {
    const start = lseekCall.now('data', fd, offset, SEEK_DATA);
    return { start, end: lseekCall.now('hole', fd, start, SEEK_HOLE) };
  } catch (error) {
    if (error instanceof KernelError && error.code === 'ENXIO') return null;
    throw error;
  }
}

/**
 * The whole content of the file behind `source` (a descriptor open for reading) becomes that of the one behind `target` (open for writing), as shared blocks (FICLONE): at once, holes
 * included, size too. False: it cannot be done here (another or an older file system, not a plain file, or any other refusal), nothing was written, and the caller copies.
 * Error: KernelError (ENOSPC), because then a copy would not fit either.
 */
export function shareBlocks(target: number, source: number): boolean {
  try {
    ficloneCall.now('blocks', target, FICLONE, source);
    return true;
  } catch (error) {
    if (error instanceof KernelError && error.code !== 'ENOSPC') return false;
    throw error;
  }
}
