/**
 * Unix sockets in directories that others may write to. The directory is opened without following any link, everything is done to the entry in that very
 * directory, so that a link planted by others never makes root bind, chmod, chown or unlink anywhere else.
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
} from 'node:fs';
import path from 'node:path';
import { O_PATH } from './entries.js';
import { openInRoot } from './files.js';
import { bind, isKernelError } from './libc.js';
import { inPrivateMounts } from './private-mounts.js';
import { listenAgain } from './sockets.js';

const socketCall = bind('socket', 'int socket(int domain, int type, int protocol)');
const bindCall = bind('bind', 'int bind(int fd, uint8_t *address, uint size)');
const connectCall = bind('connect', 'int connect(int fd, uint8_t *address, uint size)');
const getsockoptCall = bind(
  'getsockopt',
  'int getsockopt(int fd, int level, int name, uint8_t *value, uint8_t *size)',
);

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** The socket's file before it has its owner: nobody but root. */
const closedUmask = 0o177;

/** Which file it is, whatever its name. */
export interface FileIdentity {
  readonly device: number;
  readonly inode: number;
}

export interface SocketFileOwner {
  /** Permission bits, at most 0o777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The listening socket and its file. The caller closes `fd` and removes the file. */
export interface UnixListener {
  readonly fd: number;
  readonly file: FileIdentity;
}

/**
 * A listening socket at `file`, close-on-exec. It bears the path `name` as its name, which servers compare with their configuration: the same path, or that of a file
 * of the same name in another directory. Errors: KernelError EADDRINUSE (anything is at the path), ENOENT, ENOTDIR, ELOOP (a directory of the path is a link). Nothing is left then.
 */
export function listenUnix(file: string, backlog: number, owner: SocketFileOwner, name = file): UnixListener {
  const fd = socketCall.now(file, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  let identity: FileIdentity | null = null;
  try {
    identity = bindAt(fd, file, name);
    if (!changeSocketFile(file, identity, owner)) throw new Error(`"${file}" was taken away meanwhile`);
    listenAgain(fd, backlog);
    return { fd, file: identity };
  } catch (error) {
    if (identity !== null) removeSocketFile(file, identity);
    closeSync(fd);
    throw error;
  }
}

/**
 * bind(2) follows links in the directories of its path, and takes no descriptor instead. So for this one call the directories above are our own empty
 * ones, in a namespace of our own, with the opened directory mounted as the last of them.
 */
function bindAt(fd: number, file: string, name: string): FileIdentity {
  const directory = path.dirname(name);
  const top = `/${name.split('/')[1] ?? ''}`;
  return inPrivateMounts(({ coverByEmpty, bindMount }) =>
    inDirectory(file, (entry, opened) => {
      if (directory !== top) {
        coverByEmpty(top);
        mkdirSync(directory, { recursive: true });
      }
      bindMount(opened, directory);
      const before = process.umask(closedUmask);
      try {
        const address = socketAddress(name);
        bindCall.now(file, fd, address, address.length);
      } finally {
        process.umask(before);
      }
      const made = statEntry(entry);
      if (made === null) throw new Error(`"${file}" was taken away meanwhile`);
      return made.identity;
    }),
  );
}

/** Mode and owner of the socket's file. False when it is not there any more. */
export function changeSocketFile(file: string, identity: FileIdentity, owner: SocketFileOwner): boolean {
  return onOwnFile(file, identity, (entry) => {
    const fd = openEntry(entry);
    try {
      const handle = `/proc/self/fd/${fd}`;
      if (!isSame(identity, fd)) return false;
      chownSync(handle, owner.uid, owner.gid);
      chmodSync(handle, owner.mode);
      return true;
    } finally {
      closeSync(fd);
    }
  });
}

/** The socket's file is gone, if it is still that one; another's at its place is left. */
export function removeSocketFile(file: string, identity: FileIdentity): void {
  onOwnFile(file, identity, (entry) => {
    unlinkSync(entry);
    return true;
  });
}

/** Whether clients that connect to `file` reach this socket. */
export function isSocketFile(file: string, identity: FileIdentity): boolean {
  return onOwnFile(file, identity, () => true);
}

/** What is at the path: nothing, a socket that nobody listens on, or what keeps it from being used, for people. */
export type Occupant =
  | { readonly kind: 'none' }
  | { readonly kind: 'stale'; readonly identity: FileIdentity }
  | { readonly kind: 'taken'; readonly by: string };

/** Errors: KernelError ENOENT, ENOTDIR, ELOOP about the directory. Connects, and hangs up at once, where somebody may listen. */
export function occupantOf(file: string): Occupant {
  return inDirectory(file, (entry) => {
    const found = statEntry(entry);
    if (found === null) return { kind: 'none' };
    if (!found.isSocket) return { kind: 'taken', by: 'a file that is no socket' };
    const fd = openEntry(entry);
    try {
      const by = listenerAt(`/proc/self/fd/${fd}`);
      return by === null ? { kind: 'stale', identity: found.identity } : { kind: 'taken', by };
    } finally {
      closeSync(fd);
    }
  });
}

/** `pid 4411 (nginx)`; null when nobody listens. */
function listenerAt(handle: string): string | null {
  const fd = socketCall.now(handle, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  try {
    const address = socketAddress(handle);
    connectCall.now(handle, fd, address, address.length);
    const credentials = Buffer.alloc(12);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(credentials.length);
    getsockoptCall.now(handle, fd, SOL_SOCKET, SO_PEERCRED, credentials, size);
    return processText(credentials.readInt32LE(0));
  } catch (error) {
    if (isKernelError(error, 'ECONNREFUSED')) return null;
    // Its backlog is full, or it is of another type: somebody's, in any case.
    if (isKernelError(error, 'EAGAIN', 'EPROTOTYPE')) return 'another process';
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Pid 0: of a namespace that we do not see. */
function processText(pid: number): string {
  try {
    return `pid ${pid} (${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()})`;
  } catch {
    return pid === 0 ? 'another process' : `pid ${pid}`;
  }
}

/** Acts on the entry if it is that file; false when it is not, or when the directory is gone. */
function onOwnFile(file: string, identity: FileIdentity, act: (entry: string) => boolean): boolean {
  try {
    return inDirectory(file, (entry) => {
      const found = statEntry(entry);
      if (found === null || !found.isSocket || !isEqual(found.identity, identity)) return false;
      return act(entry);
    });
  } catch (error) {
    if (isKernelError(error, 'ENOENT', 'ENOTDIR', 'ELOOP') || isGone(error)) return false;
    throw error;
  }
}

/** `entry` names the file and `opened` its directory by descriptor; valid during `act`. */
function inDirectory<T>(file: string, act: (entry: string, opened: string) => T): T {
  const root = openSync('/', constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const fd = openInRoot(root, path.dirname(file), O_PATH | constants.O_DIRECTORY, true);
    try {
      return act(`/proc/self/fd/${fd}/${path.basename(file)}`, `/proc/self/fd/${fd}`);
    } finally {
      closeSync(fd);
    }
  } finally {
    closeSync(root);
  }
}

/** The entry itself, also when it is a link. */
function openEntry(entry: string): number {
  return openSync(entry, O_PATH | constants.O_NOFOLLOW);
}

function statEntry(entry: string): { readonly identity: FileIdentity; readonly isSocket: boolean } | null {
  let fd: number;
  try {
    fd = openEntry(entry);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
  try {
    const found = fstatSync(fd);
    return { identity: { device: found.dev, inode: found.ino }, isSocket: found.isSocket() };
  } finally {
    closeSync(fd);
  }
}

function isSame(identity: FileIdentity, fd: number): boolean {
  const found = fstatSync(fd);
  return found.isSocket() && isEqual(identity, { device: found.dev, inode: found.ino });
}

function isEqual(a: FileIdentity, b: FileIdentity): boolean {
  return a.device === b.device && a.inode === b.inode;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** `struct sockaddr_un`. */
function socketAddress(file: string): Buffer {
  const name = Buffer.from(`${file}\0`);
  const address = Buffer.alloc(2 + name.length);
  address.writeUInt16LE(AF_UNIX, 0);
  name.copy(address, 2);
  return address;
}
