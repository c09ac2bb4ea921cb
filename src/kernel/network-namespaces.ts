/**
 * Network namespaces: one with nothing but a loopback, and work done inside of one. Everything here ends in the namespace where it began.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { bind } from './libc.js';
import { CLONE_NEWNET, comeBackOrDie, enter, unshare } from './namespaces.js';
import { ipv6Groups } from './sockets.js';

const socketCall = bind('socket', 'int socket(int domain, int type, int protocol)');
const ioctlCall = bind('ioctl', 'int ioctl(int fd, unsigned long request, uint8_t *argument)');

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SIOCSIFFLAGS = 0x8914;
const SIOCSIFADDR = 0x8916;
const SIOCSIFNETMASK = 0x891c;
const IFF_UP = 1;
const IFF_RUNNING = 0x40;
/** The loopback's name and index in every namespace. */
const loopback = 'lo';
const loopbackIndex = 1;
const here = '/proc/thread-self/ns/net';

/**
 * A new namespace whose loopback is up and has `addresses` besides its own (numeric, none of 127.0.0.0/8). Resolves to a descriptor of it, which keeps it alive;
 * the caller closes it. Errors: KernelError.
 */
export function createNetwork(addresses: readonly string[]): number {
  return returning(() => {
    unshare(CLONE_NEWNET);
    const fd = openSync(here, constants.O_RDONLY);
    try {
      raiseLoopback(addresses);
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  });
}

/** Runs `work`, which must not wait for anything, in the namespace of the file. Errors: its own; KernelError. */
export function inNetwork<T>(file: string, work: () => T): T {
  const target = openSync(file, constants.O_RDONLY);
  try {
    return returning(() => {
      enter(target, CLONE_NEWNET);
      return work();
    });
  } finally {
    closeSync(target);
  }
}

function returning<T>(work: () => T): T {
  const own = openSync(here, constants.O_RDONLY);
  try {
    return work();
  } finally {
    comeBackOrDie(() => enter(own, CLONE_NEWNET));
    closeSync(own);
  }
}

function raiseLoopback(addresses: readonly string[]): void {
  withSocket(AF_INET, (fd) => {
    const flags = request(loopback);
    flags.writeInt16LE(IFF_UP | IFF_RUNNING, 16);
    ioctlCall.now('loopback up', fd, SIOCSIFFLAGS, flags);
  });
  for (const [index, address] of addresses.entries()) {
    if (isIPv4(address)) withSocket(AF_INET, (fd) => addV4(fd, address, index));
    else withSocket(AF_INET6, (fd) => addV6(fd, address));
  }
}

/** An interface has one IPv4 address by this call; its aliases have the others. */
function addV4(fd: number, address: string, index: number): void {
  const name = `${loopback}:${index}`;
  ioctlCall.now(`address ${address}`, fd, SIOCSIFADDR, requestWith(name, address));
  // Without it the whole network of its class would be taken for this machine.
  ioctlCall.now(`netmask of ${address}`, fd, SIOCSIFNETMASK, requestWith(name, '255.255.255.255'));
}

function requestWith(name: string, address: string): Buffer {
  const buffer = request(name);
  buffer.writeUInt16LE(AF_INET, 16);
  address.split('.').forEach((part, at) => {
    buffer.writeUInt8(Number(part), 20 + at);
  });
  return buffer;
}

/** struct in6_ifreq: address, prefix length, interface index. */
function addV6(fd: number, address: string): void {
  const buffer = Buffer.alloc(24);
  ipv6Groups(address).forEach((group, at) => {
    buffer.writeUInt16BE(group, at * 2);
  });
  buffer.writeUInt32LE(128, 16);
  buffer.writeInt32LE(loopbackIndex, 20);
  ioctlCall.now(`address ${address}`, fd, SIOCSIFADDR, buffer);
}

/** struct ifreq of that interface. */
function request(name: string): Buffer {
  const buffer = Buffer.alloc(40);
  buffer.write(name, 0, 15, 'latin1');
  return buffer;
}

function withSocket(family: number, work: (fd: number) => void): void {
  const fd = socketCall.now('control', family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  try {
    work(fd);
  } finally {
    closeSync(fd);
  }
}
