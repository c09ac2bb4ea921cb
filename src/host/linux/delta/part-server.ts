/**
 * What zsync sees instead of the network: a network of its own with nothing in it but this server, which has nothing but parts of one image. zsync asks for up to twenty ranges at once; it gets the first, and asks again
 * for the others, which are on their way by then.
 */
import { closeSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createNetwork, inNetwork, listenTcp } from '../../../kernel/index.js';
import { oneAtATime } from '../../../lib/index.js';
import type { Part } from '../fetch/response.js';
import type { Parts } from './parts.js';

/** Free in a network that has just been made. */
const port = 8_080;
const backlog = 8;

export interface PartServer {
  /** Of the image, in that network. */
  readonly url: string;
  /** The network, as a path that programs of root can enter while this process lives. */
  readonly network: string;
  /** Nothing is left of it. */
  close(): Promise<void>;
}

/** `total`: bytes of the image. `onFailure` is told why something could not be sent. Errors: KernelError. */
export async function servePartsOf(
  parts: Parts,
  total: number,
  onFailure: (reason: unknown) => void,
): Promise<PartServer> {
  const network = createNetwork([]);
  const path = `/proc/${process.pid}/fd/${network}`;
  /** zsync sends its next question before it has read the answer. */
  const inTurn = oneAtATime();
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    response.on('error', () => {});
    void inTurn('', () => answer(request, response, parts, total)).catch((error: unknown) => {
      response.destroy();
      onFailure(error);
    });
  });
  try {
    await listenIn(path, server);
  } catch (error) {
    closeSync(network);
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}/image`,
    network: path,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      closeSync(network);
    },
  };
}

async function listenIn(network: string, server: Server): Promise<void> {
  const fd = inNetwork(network, () => listenTcp({ family: 'v4', host: '127.0.0.1', port }, backlog));
  try {
    await new Promise<void>((listening, failed) => {
      server.once('error', failed).listen({ fd }, listening);
    });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

async function answer(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  parts: Parts,
  total: number,
): Promise<void> {
  const [first, ...next] = rangesOf(headers.range, total);
  if (method !== 'GET' || first === undefined) {
    response.writeHead(400, { 'content-length': 0 }).end();
    return;
  }
  response.writeHead(206, {
    'content-range': `bytes ${first.from}-${first.to}/${total}`,
    'content-length': first.to - first.from + 1,
  });
  for await (const bytes of parts.read(first, next)) {
    if (response.destroyed) return;
    if (!response.write(bytes)) await drained(response);
  }
  response.end();
}

/** In the order in which they are asked for, which is in whole blocks: the last one is cut at the end of the image. Empty when they make no sense. Pure. */
export function rangesOf(header: string | undefined, total: number): readonly Part[] {
  const [, list] = /^bytes=(\d{1,15}-\d{1,15}(?:,\d{1,15}-\d{1,15})*)$/.exec(header ?? '') ?? [];
  const parts = (list?.split(',') ?? []).map((text) => {
    const [from = 0, to = 0] = text.split('-').map(Number);
    return { from, to: Math.min(to, total - 1) };
  });
  return parts.every(({ from, to }) => from <= to) ? parts : [];
}

async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    response.once('drain', resolve).once('close', resolve);
  });
}
