/**
 * Connects to a service in a network namespace of its own. The socket is made there and belongs there; everything after that is an ordinary Node socket.
 * Must never wait while this thread is in the other namespace.
 */
import { lookup } from 'node:dns/promises';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { inNetwork, type TcpAddress, tcpConnect, tcpSocket } from '../../kernel/index.js';

/** Over a loopback a connection is there or refused at once; it takes longer only when nobody accepts. */
const pollMs = 5;

/**
 * A connected socket; the caller closes it. `network`: file of the namespace. The deadline is over all of it: the name is looked up, each of its addresses is tried, and each
 * has an even share of what is left, so that one that does not answer leaves time for the next. Errors: those of the lookup, and one when
 * that is late; of the first address, KernelError or Error with `ETIMEDOUT` as its code.
 */
export async function connectIn(
  network: string,
  { host, port }: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<Socket> {
  const deadline = performance.now() + timeoutMs;
  const found = await inTime(lookup(host, { all: true, verbatim: false }), timeoutMs);
  if (found === null) throw new Error(`"${host}" could not be looked up within ${timeoutMs}ms`);
  let first: unknown = null;
  for (const [index, { address, family }] of found.entries()) {
    const now = performance.now();
    const share = (deadline - now) / (found.length - index);
    try {
      return await connectTo(
        network,
        { family: family === 6 ? 'v6' : 'v4', host: address, port },
        now + share,
      );
    } catch (error) {
      first ??= error;
    }
  }
  throw first ?? new Error(`internal error: no address of "${host}"`);
}

async function connectTo(network: string, address: TcpAddress, deadline: number): Promise<Socket> {
  const fd = inNetwork(network, () => tcpSocket(address.family));
  try {
    while (!tcpConnect(fd, address)) {
      if (performance.now() >= deadline) {
        const late = new Error(`no connection to ${address.host} in time`);
        throw Object.assign(late, { code: 'ETIMEDOUT' });
      }
      await sleep(pollMs);
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return new Socket({ fd, readable: true, writable: true });
}

/** Null when it takes longer; what it comes to then is nobody's concern. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
