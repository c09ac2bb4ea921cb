/**
 * One request over http or https, and its answer up to the headers. Resolves names itself and connects only to what passed the rules, so that a second answer of the name server changes nothing.
 * Follows no redirect, keeps no connection unless told to, uses no proxy.
 */
import { lookup as resolve } from 'node:dns';
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { addressFault } from './address.js';
import { Refused } from './refused.js';

/** ms for an answer once all was sent, and for each step of an upload before. A server may look for a big file for a while, but not for ever. */
export const usualHeaderTimeoutMs = 60_000;
/** ms for each address of a name that has several; Node's quarter of a second is less than a round trip to some places. */
const attemptTimeoutMs = 3_000;

export interface RequestSpec {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM texts; empty for the certificates that Node brings. */
  readonly ca: readonly string[];
  /** Host of the source, IPv6 without brackets: see address.ts. */
  readonly sourceHost: string;
  readonly headerTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly body?: Readable | Buffer;
  /** Absent: a connection of its own. */
  readonly connections?: Connections;
}

/** Connections that are used again, for many small questions to one server: each was made by the same rules. */
export interface Connections {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** At most so many to each server; gone when `signal` is aborted. */
export function keptConnections(most: number, signal: AbortSignal): Connections {
  const options = { keepAlive: true, maxSockets: most, maxFreeSockets: most };
  const connections = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  const end = (): void => {
    connections.http.destroy();
    connections.https.destroy();
  };
  signal.addEventListener('abort', end, { once: true });
  return connections;
}

/** The caller reads or destroys the answer. Throws `Refused`, or the signal's reason. */
export function request(spec: RequestSpec): Promise<IncomingMessage> {
  const { url, signal } = spec;
  const rules = { sourceHost: spec.sourceHost, host: plainHost(url) };
  signal.throwIfAborted();
  // Node asks no name server for an address.
  const fault = isIP(rules.host) === 0 ? null : addressFault(rules.host, rules);
  if (fault !== null) throw refusedAddress(fault);
  return new Promise((settle, fail) => {
    const scheme = url.protocol === 'https:' ? 'https' : 'http';
    const send = scheme === 'https' ? httpsRequest : httpRequest;
    // The last is Node's own, and unknown to its types here.
    const options: RequestOptions & { readonly autoSelectFamilyAttemptTimeout: number } = {
      method: spec.method,
      headers: { 'user-agent': 'rackops', 'accept-encoding': 'identity', ...spec.headers },
      agent: spec.connections?.[scheme] ?? false,
      lookup: checkedLookup(rules),
      autoSelectFamilyAttemptTimeout: attemptTimeoutMs,
      // Whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED).
      rejectUnauthorized: true,
      signal,
      ...(spec.ca.length === 0 ? {} : { ca: [...spec.ca] }),
    };
    const sent: ClientRequest = send(url, options);
    const endWatch = watchAnswer(sent, spec);
    sent.once('response', (answer) => {
      endWatch();
      settle(answer);
    });
    sent.once('error', (error) => {
      endWatch();
      fail(signal.aborted ? signal.reason : asRefused(error));
    });
    if (spec.body === undefined || Buffer.isBuffer(spec.body)) sent.end(spec.body);
    else spec.body.once('error', (error) => sent.destroy(error)).pipe(sent);
  });
}

/** Destroys a request that gets no answer. An upload takes as long as it takes, while it goes on. Returns what ends the watch. */
function watchAnswer(
  sent: ClientRequest,
  { body, headerTimeoutMs: ms }: Pick<RequestSpec, 'body' | 'headerTimeoutMs'>,
): () => void {
  let taken = 0;
  const timer = setInterval(() => {
    const isUpload = body !== undefined && !sent.writableFinished;
    const now = sent.socket?.bytesWritten ?? 0;
    if (isUpload && now > taken) taken = now;
    else sent.destroy(networkError(`${isUpload ? 'it took nothing' : 'no answer'} within ${ms / 1_000} s`));
  }, ms);
  if (body !== undefined) sent.once('finish', () => timer.refresh());
  return () => clearInterval(timer);
}

/** Host of a URL as it is resolved: IPv6 without brackets. */
export function plainHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** Something on the way: worth another try. */
export function networkError(why: string, cause?: unknown): Refused {
  return new Refused('E_IMAGE_FETCH', why, { again: 'soon', cause });
}

/** An error of a socket, of TLS or of the HTTP parser, in words; a `Refused` stays what it is. */
export function asRefused(error: unknown): Refused {
  if (error instanceof Refused) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (/CERT|ERR_TLS|SELF_SIGNED|UNABLE_TO_|EPROTO|ERR_SSL/.test(code))
    return new Refused('E_IMAGE_TLS', `its TLS certificate or protocol is not accepted (${code})`, {
      again: 'later',
      cause: error,
    });
  return networkError(socketWords[code] ?? code, error);
}

const socketWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'the name server does not answer',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  HPE_HEADER_OVERFLOW: 'its headers are too long',
};

function refusedAddress(why: string): Refused {
  return new Refused('E_IMAGE_REDIRECT', why, {
    again: 'later',
    hint: 'correct the address, or what its name resolves to',
  });
}

function checkedLookup(rules: { readonly sourceHost: string; readonly host: string }): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const faults = addresses.map(({ address }) => addressFault(address, rules));
      const good = addresses.filter((_, index) => faults[index] === null);
      const [first] = good;
      const fault = faults.find((found) => found !== null);
      if (first === undefined) return callback(refusedAddress(fault ?? 'its name has no address'), []);
      if (options.all === true) callback(null, good);
      else callback(null, first.address, first.family);
    });
  };
}
