/**
 * Whether it is the rack that answers on a port of this host. A probe that is answered by somebody else, an older process or another server, would let a version
 * pass that serves nobody. Reads /proc only; what cannot be told counts as the rack's own.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { listenerOf, listeningInodes } from '../../kernel/index.js';
import type { Layout } from '../../model/index.js';
import { rackPids } from './cgroups.js';

/** The socket by which the rack was last found to listen: while that process has it, there is nothing to look for. */
interface Known {
  readonly descriptor: string;
  readonly socket: string;
}

/** Names who listens on `port` when that is not the rack; null when it is, when nobody does, or when the host is another machine. */
export type AnswererCheck = (rack: string, host: string, port: number) => string | null;

export function createAnswererCheck(layout: Pick<Layout, 'run'>): AnswererCheck {
  const known = new Map<string, Known>();
  return (rack, host, port) => {
    const key = `${rack}:${port}`;
    const before = known.get(key);
    if (before !== undefined && linkOf(before.descriptor) === before.socket) return null;
    known.delete(key);
    if (!isThisHost(host)) return null;
    const sockets = new Set(listeningSockets(port));
    if (sockets.size === 0) return null;
    for (const pid of rackPids(layout, rack)) {
      const found = holderOf(pid, sockets);
      if (found === null) continue;
      known.set(key, found);
      return null;
    }
    return listenerOf({ port });
  };
}

function holderOf(pid: number, sockets: ReadonlySet<string>): Known | null {
  const directory = `/proc/${pid}/fd`;
  for (const fd of listOf(directory)) {
    const descriptor = `${directory}/${fd}`;
    const socket = linkOf(descriptor);
    if (socket !== null && sockets.has(socket)) return { descriptor, socket };
  }
  return null;
}

function listeningSockets(port: number): readonly string[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => {
    try {
      return listeningInodes(readFileSync(file, 'utf8'), port).map((inode) => `socket:[${inode}]`);
    } catch {
      return [];
    }
  });
}

/** Numeric addresses and `localhost` only: a name may be any machine, and looking it up is the probe's business. */
function isThisHost(host: string): boolean {
  if (host === 'localhost' || host === '0.0.0.0' || host === '::' || host === '::1') return true;
  if (host.startsWith('127.')) return true;
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === host),
  );
}

function listOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
