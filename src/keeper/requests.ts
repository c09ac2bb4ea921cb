/** Text of a line to a request, errors to what crosses the socket. Pure. What is no request is refused, never guessed. */
import { errorMessage } from '../lib/index.js';
import { type KeeperError, type KeeperKind, type KeeperRequest, RackError } from '../model/index.js';

const kinds: ReadonlySet<string> = new Set<KeeperKind>([
  'hello',
  'observe',
  'openSockets',
  'openSocketsIn',
  'closeSockets',
  'start',
  'stop',
  'shutdownIfIdle',
]);

/**
 * The request in a line; null when it is none of this protocol. Only the envelope is checked: who may connect is root, and
 * of the same protocol version, so the parameters are what the type says.
 */
export function parseRequest(line: string): KeeperRequest | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  return isRequest(value) ? value : null;
}

function isRequest(value: unknown): value is KeeperRequest {
  if (value === null || typeof value !== 'object') return false;
  if (!('kind' in value && 'id' in value && 'params' in value)) return false;
  const { kind, id, params } = value;
  const envelope = typeof kind === 'string' && kinds.has(kind) && typeof id === 'number';
  return envelope && params !== null && typeof params === 'object';
}

/** What the requester is told. */
export function errorFields(error: unknown): KeeperError {
  if (error instanceof RackError) {
    const { code, message, blame, hint, rack } = error;
    return {
      code,
      message,
      blame,
      ...(hint === undefined ? {} : { hint }),
      ...(rack === undefined ? {} : { rack }),
    };
  }
  return { code: 'E_KEEPER', message: `cannot do the request: ${errorMessage(error)}`, blame: 'agent' };
}
