/** Listening sockets that are held for another program: opened, bound, listening, never accepted from. */
import { closeSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { bind, isKernelError } from './libc.js';

const socketCall = bind('socket', 'int socket(int domain, int type, int protocol)');
const setsockoptCall = bind(
  'setsockopt',
  'int setsockopt(int fd, int level, int name, uint8_t *value, uint size)',
);
const bindCall = bind('bind', 'int bind(int fd, uint8_t *address, uint size)');
const connectCall = bind('connect', 'int connect(int fd, uint8_t *address, uint size)');
const listenCall = bind('listen', 'int listen(int fd, int backlog)');

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_REUSEPORT = 15;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

export interface TcpAddress {
  readonly family: 'v4' | 'v6';
  /** Numeric address: `0.0.0.0`, `::1`. */
  readonly host: string;
  readonly port: number;
}

export interface TcpOptions {
  /** An IPv6 wildcard leaves IPv4 to others. */
  readonly v6Only?: boolean;
  /** Others of the same user that set it too may listen on the port. */
  readonly reusePort?: boolean;
}

/**
 * A listening TCP socket, close-on-exec; the caller closes it. `backlog`: connections that may wait, capped by net.core.somaxconn.
 * Errors: KernelError EADDRINUSE, EADDRNOTAVAIL, EACCES.
 */
export function listenTcp(address: TcpAddress, backlog: number, options: TcpOptions = {}): number {
  const { v6Only = false, reusePort = false } = options;
  const about = `${address.host} port ${address.port}`;
  const fd = socketCall.now(
    about,
    address.family === 'v4' ? AF_INET : AF_INET6,
    SOCK_STREAM | SOCK_CLOEXEC,
    0,
  );
  try {
    setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (reusePort) setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    if (address.family === 'v6') setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6Only ? 1 : 0);
    const sockaddr = address.family === 'v4' ? sockaddrV4(address) : sockaddrV6(address);
    bindCall.now(about, fd, sockaddr, sockaddr.length);
    listenAgain(fd, backlog);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Listens, or sets the backlog of a socket that does already; whoever shares the socket may have set another. */
export function listenAgain(fd: number, backlog: number): void {
  listenCall.now(`descriptor ${fd}`, fd, backlog);
}

/** A TCP socket of the calling thread's network namespace, whoever uses it later: not connected, not blocking, close-on-exec. The caller closes it. */
export function tcpSocket(family: TcpAddress['family']): number {
  const domain = family === 'v4' ? AF_INET : AF_INET6;
  return socketCall.now('TCP', domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/** Begins to connect, or looks how it goes: true when it is connected, false while it is under way. Errors: KernelError ECONNREFUSED and others. */
export function tcpConnect(fd: number, address: TcpAddress): boolean {
  const sockaddr = address.family === 'v4' ? sockaddrV4(address) : sockaddrV6(address);
  try {
    connectCall.now(`${address.host} port ${address.port}`, fd, sockaddr, sockaddr.length);
    return true;
  } catch (error) {
    if (isKernelError(error, 'EINPROGRESS', 'EALREADY')) return false;
    if (isKernelError(error, 'EISCONN')) return true;
    throw error;
  }
}

function setOption(fd: number, level: number, name: number, value: number): void {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value, 0);
  setsockoptCall.now('socket option', fd, level, name, buffer, buffer.length);
}

function sockaddrV4({ host, port }: TcpAddress): Buffer {
  const buffer = Buffer.alloc(16);
  buffer.writeUInt16LE(AF_INET, 0);
  buffer.writeUInt16BE(port, 2);
  host.split('.').forEach((part, index) => {
    buffer.writeUInt8(Number(part), 4 + index);
  });
  return buffer;
}

function sockaddrV6({ host, port }: TcpAddress): Buffer {
  const buffer = Buffer.alloc(28);
  buffer.writeUInt16LE(AF_INET6, 0);
  buffer.writeUInt16BE(port, 2);
  ipv6Groups(host).forEach((group, index) => {
    buffer.writeUInt16BE(group, 8 + index * 2);
  });
  return buffer;
}

/** The eight groups of a valid numeric IPv6 address. */
export function ipv6Groups(host: string): readonly number[] {
  const [head = '', tail] = host.split('::');
  const groups = (text: string): number[] =>
    text === ''
      ? []
      : text.split(':').flatMap((part) => {
          if (!isIPv4(part)) return [Number.parseInt(part, 16)];
          const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
          return [a * 256 + b, c * 256 + d];
        });
  const before = groups(head);
  if (tail === undefined) return before;
  const after = groups(tail);
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}
