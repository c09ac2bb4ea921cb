/**
 * One question to the keeper and its answer, over its socket, with a deadline. Connecting costs a fraction of a millisecond, so there is no
 * connection to keep or repair. Starts nothing.
 */
import { connect } from 'node:net';
import {
  type ErrorCode,
  errorCodes,
  type KeeperKind,
  type KeeperKinds,
  type KeeperReply,
  keeperLineLimitBytes,
  RackError,
} from '../../model/index.js';

/** No keeper is there, or it ended before it answered. */
export class KeeperAbsent extends Error {
  constructor(cause?: unknown) {
    super('no keeper', { cause });
    this.name = 'KeeperAbsent';
  }
}

/**
 * Asks; resolves to the result. Errors: `KeeperAbsent`; the keeper's own `RackError`; E_KEEPER when it does not answer within `deadlineMs` or says
 * what nobody understands.
 */
export async function askKeeper<K extends KeeperKind>(
  socketPath: string,
  kind: K,
  params: KeeperKinds[K]['params'],
  deadlineMs: number,
): Promise<KeeperKinds[K]['result']> {
  const line = await exchange(socketPath, `${JSON.stringify({ id: 1, kind, params })}\n`, kind, deadlineMs);
  const reply = parseReply(line);
  if (reply === null)
    throw new RackError('E_KEEPER', 'cannot understand the keeper: it is of another version');
  if (!reply.ok) {
    const { code, message, ...details } = reply.error;
    throw new RackError(code, message, details);
  }
  // The result's shape belongs to the kind by the protocol that both sides are compiled from; `hello` checks its version.
  return reply.result as KeeperKinds[K]['result'];
}

async function exchange(socketPath: string, line: string, kind: string, deadlineMs: number): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new RackError(
          'E_KEEPER',
          `cannot ask the keeper (${kind}): no answer within ${deadlineMs / 1_000}s`,
          {
            hint: 'see keeper.log in the run directory; kill the keeper if it hangs: racks are started again by the next pass',
          },
        ),
      );
    }, deadlineMs);
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(line));
    socket.on('data', (chunk: string) => {
      answer += chunk;
      const end = answer.indexOf('\n');
      if (end === -1 && answer.length <= keeperLineLimitBytes) return;
      clearTimeout(timer);
      socket.destroy();
      resolve(answer.slice(0, Math.max(0, end)));
    });
    // An error is always followed by `close`.
    let failure: unknown;
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => {
      clearTimeout(timer);
      reject(new KeeperAbsent(failure));
    });
  });
}

function parseReply(line: string): KeeperReply | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  return isReply(value) ? value : null;
}

function isReply(value: unknown): value is KeeperReply {
  if (value === null || typeof value !== 'object' || !('ok' in value)) return false;
  if (value.ok === true) return 'result' in value;
  if (!('error' in value) || value.error === null || typeof value.error !== 'object') return false;
  const { error } = value;
  return 'code' in error && isCode(error.code) && 'message' in error && typeof error.message === 'string';
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && code in errorCodes;
}
