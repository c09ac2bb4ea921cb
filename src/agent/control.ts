/**
 * The agent's door: a unix socket (0600, root) over which the command line asks the running agent to act, one JSON document a line.
 * Request first, then events while it works, then one answer. Nothing of it is trusted beyond its shape: only root can open it.
 */
import { chmod, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { errorMessage } from '../lib/index.js';
import {
  type ErrorCode,
  type Event,
  errorCodes,
  type HostPath,
  type PassReport,
  RackError,
} from '../model/index.js';
import type { Operation, Retention } from '../reconciler/index.js';

export type ControlRequest =
  | { readonly kind: 'sync'; readonly allowPrune: number | null; readonly allowRewind: string | null }
  | { readonly kind: 'operate'; readonly operation: Operation }
  | { readonly kind: 'pruneImages'; readonly manual: boolean }
  | { readonly kind: 'probed' };

export type ControlAnswer =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'report'; readonly report: PassReport }
  | { readonly kind: 'pruned'; readonly images: readonly Retention[] }
  | { readonly kind: 'done'; readonly message: string }
  | {
      readonly kind: 'probed';
      readonly probed: Readonly<
        Record<string, { verdict: 'healthy' | 'unhealthy' | 'unknown'; at: string | null }>
      >;
    }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly hint: string | null };

/** What the agent does for a request; `send` is for events on the way. */
export type ControlHandler = (
  request: ControlRequest,
  send: (answer: ControlAnswer) => void,
) => Promise<ControlAnswer>;

const requestLimitBytes = 65_536;

export async function openControl(
  path: HostPath,
  handle: ControlHandler,
): Promise<{ close(): Promise<void> }> {
  await rm(path, { force: true });
  const server = createServer((socket) => void serve(socket, handle));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  await listen(server, path);
  await chmod(path, 0o600);
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(path, { force: true });
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

async function serve(socket: Socket, handle: ControlHandler): Promise<void> {
  const send = (answer: ControlAnswer): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`);
  };
  try {
    send(await handle(await readRequest(socket), send));
  } catch (error) {
    const code = error instanceof RackError ? error.code : 'E_INTERNAL';
    const hint = error instanceof RackError ? (error.hint ?? null) : null;
    send({ kind: 'error', code, message: errorMessage(error), hint });
  }
  socket.end();
}

function readRequest(socket: Socket): Promise<ControlRequest> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end === -1 && text.length > requestLimitBytes) socket.destroy();
      if (end === -1) return;
      try {
        resolve(JSON.parse(text.slice(0, end)));
      } catch (error) {
        reject(error);
      }
    });
    socket.on('close', () => reject(new Error('closed before the request was complete')));
  });
}

/**
 * Asks the running agent. Null when no agent listens. Events go to `onEvent`, the last answer is returned.
 * Errors: the agent's own, as `RackError`; E_AGENT_GONE when it ended meanwhile.
 */
export async function askAgent(
  path: HostPath,
  request: ControlRequest,
  onEvent: (event: Event) => void = () => {},
): Promise<ControlAnswer | null> {
  const socket = await connect(path);
  if (socket === null) return null;
  socket.write(`${JSON.stringify(request)}\n`);
  let last: ControlAnswer | null = null;
  for await (const line of createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })) {
    // The peer is our own agent behind a 0600 socket.
    const answer: ControlAnswer = JSON.parse(line);
    if (answer.kind === 'event') onEvent(answer.event);
    else last = answer;
  }
  if (last === null) {
    throw new RackError('E_AGENT_GONE', 'the agent ended before it answered', {
      hint: 'run the command again; see rackops status',
    });
  }
  if (last.kind === 'error') {
    const code = isErrorCode(last.code) ? last.code : 'E_AGENT';
    throw new RackError(code, last.message, last.hint === null ? {} : { hint: last.hint });
  }
  return last;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

function connect(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
    socket.once('error', () => resolve(null));
  });
}
