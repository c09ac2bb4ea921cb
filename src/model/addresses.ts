/** Listening addresses as written in definitions, and which of them cannot be held at the same time. TCP only. Text only: no socket is opened. */
import { isIPv4, isIPv6 } from 'node:net';
import type { ListenAddress } from './desired.js';

const wildcards = new Set(['0.0.0.0', '::']);

/** `0.0.0.0:80`, `[::1]:8080` → its parts, the host in its canonical form without brackets; null when it is no address with a port from 1 to 65535. */
export function parseListenAddress(text: string): ListenAddress | null {
  const match = /^(?:([0-9.]+)|\[([0-9A-Fa-f:.]+)\]):([1-9][0-9]{0,4})$/.exec(text);
  if (match === null) return null;
  const [, v4, v6] = match;
  const port = Number(match[3]);
  if (port > 65_535) return null;
  if (v4 !== undefined && isIPv4(v4)) return { address: text, family: 'v4', host: v4, port };
  if (v6 === undefined || !isIPv6(v6)) return null;
  return { address: text, family: 'v6', host: new URL(`http://[${v6}]`).hostname.slice(1, -1), port };
}

/**
 * True when one cannot be held while the other is. `[::]` counts as taking IPv4 too: what users mean by it differs, and a clash at run time
 * is worse than a refusal.
 */
export function listenConflict(a: ListenAddress, b: ListenAddress): boolean {
  if (a.port !== b.port) return false;
  if (a.host === '::' || b.host === '::') return true;
  if (a.family !== b.family) return false;
  return a.host === b.host || wildcards.has(a.host) || wildcards.has(b.host);
}
