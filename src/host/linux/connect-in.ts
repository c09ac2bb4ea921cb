/**
 * Connects to a service in a network namespace of its own. The socket is made there and belongs there; everything after that is an ordinary Node socket.
 * Must never wait while this thread is in the other namespace.
 */
import { lookup } from 'node:dns/promises';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { inNetwork, tcpConnect, tcpSocket } from '../../kernel/index.js';

/** Over a loopback a connection is there or refused at once; it takes longer only when nobody accepts. */
const pollMs = 5;

/** A connected socket; the caller closes it. `network`: file of the namespace. Errors: KernelError; Error `ETIMEDOUT` as its code. */
export async function connectIn(
  network: string,
  { host, port }: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<Socket> {
  const deadline = performance.now() + timeoutMs;
  const found = await lookup(host, { verbatim: false });
  const address = {
    family: found.family === 6 ? ('v6' as const) : ('v4' as const),
    host: found.address,
    port,
  };
  const fd = inNetwork(network, () => tcpSocket(address.family));
  try {
    while (!tcpConnect(fd, address)) {
      if (performance.now() >= deadline) {
        const late = new Error(`no connection within ${timeoutMs}ms`);
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
