/** Listening addresses as written in definitions, their defaults, and which of them cannot be held at the same time. Text only: no socket is opened. */
import { isIPv4, isIPv6 } from 'node:net';
import type { ListenAddress, TcpListen, UnixListen } from './desired.js';
import type { ListenEntry } from './generated/index.js';
import { hostPath } from './paths.js';

/** Connections that wait while no service accepts: some seconds of a busy site. The kernel caps it at net.core.somaxconn. */
const defaultBacklog = 4096;
const defaultMode = 0o660;
const wildcards = new Set(['0.0.0.0', '::']);
const unixPrefix = 'unix:';

/** `[::1]:8080` → its parts, the host in its canonical form without brackets; null when it is no address with a port from 1 to 65535. */
function parseTcpAddress(text: string): TcpListen | null {
  const match = /^(?:([0-9.]+)|\[([0-9A-Fa-f:.]+)\]):([1-9][0-9]{0,4})$/.exec(text);
  if (match === null) return null;
  const [, v4, v6] = match;
  const port = Number(match[3]);
  if (port > 65_535) return null;
  if (v4 !== undefined && isIPv4(v4)) return { address: text, family: 'v4', host: v4, port };
  if (v6 === undefined || !isIPv6(v6)) return null;
  return { address: text, family: 'v6', host: new URL(`http://[${v6}]`).hostname.slice(1, -1), port };
}

/** One entry of `listen`, text or mapping; null when its address is none. */
export function parseListen(entry: ListenEntry): ListenAddress | null {
  if (typeof entry === 'string') {
    return entry.startsWith(unixPrefix) ? unixListen(entry.slice(unixPrefix.length)) : parseTcpAddress(entry);
  }
  const { address, unix, backlog, reusePort, v6Only, mode, owner } = entry;
  const base = unix === undefined ? parseTcpAddress(address ?? '') : unixListen(unix);
  if (base === null) return null;
  const waiting = backlog === undefined ? {} : { backlog };
  if (base.family === 'unix') {
    return {
      ...base,
      ...waiting,
      ...(mode === undefined ? {} : { mode: permissionBits(mode) }),
      ...(owner === undefined ? {} : { owner: fileOwner(String(owner)) }),
    };
  }
  return {
    ...base,
    ...waiting,
    ...(reusePort === undefined ? {} : { reusePort }),
    ...(v6Only === undefined ? {} : { v6Only }),
  };
}

function unixListen(path: string): UnixListen | null {
  return path.startsWith('/')
    ? { address: `${unixPrefix}${path}`, family: 'unix', path: hostPath(path) }
    : null;
}

/** Written as octal digits, or as a number that was written in octal. */
export function permissionBits(mode: string | number): number {
  return typeof mode === 'number' ? mode : Number.parseInt(mode, 8);
}

/** `33` → user and group 33; `33:44`. */
function fileOwner(text: string): { readonly uid: number; readonly gid: number } {
  const [uid = '0', gid = uid] = text.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Connections that may wait, of a socket whatever its kind. */
export function listenBacklog({ backlog = defaultBacklog }: ListenAddress): number {
  return backlog;
}

/** Mode and owner of a unix socket's file. */
export function socketFileOwner({ mode = defaultMode, owner = { uid: 0, gid: 0 } }: UnixListen): {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
} {
  return { mode, ...owner };
}

/** True when a socket that is held as `a` serves as `b` too: what differs can be changed while it is held. */
export function isSameSocket(a: ListenAddress, b: ListenAddress): boolean {
  if (a.address !== b.address) return false;
  if (a.family === 'unix' || b.family === 'unix') return a.family === b.family;
  return isShared(a) === isShared(b) && isV6Only(a) === isV6Only(b);
}

function isShared({ reusePort = false }: TcpListen): boolean {
  return reusePort;
}

function isV6Only({ v6Only = false }: TcpListen): boolean {
  return v6Only;
}

/**
 * True when one cannot be held while the other is. `[::]` counts as taking IPv4 too, unless it says otherwise: what users mean by it differs, and a
 * clash at run time is worse than a refusal. `reusePort` makes no difference: two racks that share a port by chance share their visitors.
 */
export function listenConflict(a: ListenAddress, b: ListenAddress): boolean {
  if (a.family === 'unix' || b.family === 'unix') return a.address === b.address;
  if (a.port !== b.port) return false;
  if (takesBoth(a) || takesBoth(b)) return true;
  if (a.family !== b.family) return false;
  return a.host === b.host || wildcards.has(a.host) || wildcards.has(b.host);
}

function takesBoth(listen: TcpListen): boolean {
  return listen.host === '::' && !isV6Only(listen);
}
