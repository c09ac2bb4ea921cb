/** The keeper's socket: lines in, lines out. Requests of one connection are answered as they finish, matched by their id. */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type KeeperReply, type KeeperRequest, keeperLineLimitBytes, RackError } from '../model/index.js';
import type { Registry } from './registry.js';
import { errorFields, parseRequest } from './requests.js';

/** Requests under way: the keeper does not end while there are some. */
export interface Activity {
  /** False when the keeper ends: the request is not done, the connection is closed, and the requester looks for a new keeper. */
  readonly begin: () => boolean;
  /** `acted`: the request did more than look. */
  readonly end: (acted: boolean) => void;
}

/** Listens; the caller holds the keeper's lock, so a socket file that is there is a dead keeper's. */
export async function serve(socketPath: string, registry: Registry, activity: Activity): Promise<Server> {
  rmSync(socketPath, { force: true });
  const server = createServer((connection) => attend(connection, registry, activity));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return server;
}

function attend(connection: Socket, registry: Registry, activity: Activity): void {
  let held = '';
  connection.setEncoding('utf8');
  connection.on('error', () => connection.destroy());
  connection.on('data', (chunk: string) => {
    const lines = (held + chunk).split('\n');
    held = lines.pop() ?? '';
    if (held.length > keeperLineLimitBytes) connection.destroy();
    for (const line of lines) {
      if (!activity.begin()) {
        connection.destroy();
        return;
      }
      const request = parseRequest(line);
      void reply(request, registry).then((text) => {
        activity.end(request !== null && request.kind !== 'hello' && request.kind !== 'observe');
        if (!connection.destroyed) connection.write(text);
      });
    }
  });
}

async function reply(request: KeeperRequest | null, registry: Registry): Promise<string> {
  const id = request?.id ?? -1;
  let answer: KeeperReply;
  try {
    if (request === null) throw new RackError('E_KEEPER', 'cannot understand the request: another version?');
    answer = { id, ok: true, result: await registry.answer(request) };
  } catch (error) {
    answer = { id, ok: false, error: errorFields(error) };
  }
  return `${JSON.stringify(answer)}\n`;
}
