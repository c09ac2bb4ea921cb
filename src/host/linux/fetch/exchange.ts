/** A request and what became of it after its redirects. Credentials go to the scheme, host and port that they are for, and nowhere else. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { trustedBy } from './certificates.js';
import type { Credentials } from './credentials.js';
import { shownUrl } from './place.js';
import { followed, type Hop, isRedirect } from './redirect.js';
import { Refused } from './refused.js';
import {
  asRefused,
  type Connections,
  networkError,
  plainHost,
  type RequestSpec,
  request,
  usualHeaderTimeoutMs,
} from './request.js';

export interface Ask {
  readonly method?: RequestSpec['method'];
  readonly url: URL;
  /** Of this request, sent along redirects too: Range and its like. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A function, because what was streamed once cannot be sent again. */
  readonly body?: Buffer | (() => Readable);
}

/** Asks one source. The answer is no redirect; the caller reads or destroys it. Throws `Refused`, or the signal's reason. */
export type Exchange = (ask: Ask) => Promise<IncomingMessage>;

export interface ExchangeOptions {
  /** Scheme, host and port that the credentials are for. */
  readonly source: URL;
  readonly credentials: Pick<Credentials, 'headers' | 'ca'>;
  readonly signal: AbortSignal;
  readonly headerTimeoutMs?: number;
  /** Absent: each request has a connection of its own. */
  readonly connections?: Connections;
}

export function createExchange(options: ExchangeOptions): Exchange {
  const { source, credentials, signal, headerTimeoutMs = usualHeaderTimeoutMs, connections } = options;
  return async (ask) => {
    let hop: Hop = { url: ask.url, hops: 0, trusted: ask.url.origin === source.origin };
    for (;;) {
      const answer = await request({
        method: ask.method ?? 'GET',
        url: hop.url,
        headers: { ...ask.headers, ...(hop.trusted ? credentials.headers : {}) },
        ca: hop.url.protocol === 'https:' ? await trustedBy(credentials.ca, hop.trusted) : [],
        sourceHost: plainHost(source),
        headerTimeoutMs,
        signal,
        ...(ask.body === undefined ? {} : { body: typeof ask.body === 'function' ? ask.body() : ask.body }),
        ...(connections === undefined ? {} : { connections }),
      });
      if (!isRedirect(answer.statusCode ?? 0)) return answer;
      answer.destroy();
      // A body that was sent is gone.
      const next =
        ask.body === undefined
          ? followed(hop, answer.headers.location)
          : { refused: 'it redirects an upload' };
      if ('refused' in next) {
        const from = hop.hops === 0 ? '' : ` (from ${shownUrl(hop.url)})`;
        throw new Refused('E_IMAGE_REDIRECT', `${next.refused}${from}`, { again: 'unless-changed' });
      }
      hop = next;
    }
  };
}

export interface TextSpec {
  readonly maxBytes: number;
  /** For messages: `signature`. */
  readonly what: string;
  readonly signal: AbortSignal;
  /** ms for the whole of it. */
  readonly withinMs?: number | undefined;
}

/** The body as text. Throws `Refused` when it is too long, too slow or cut off, or the signal's reason. */
export async function readText(answer: IncomingMessage, spec: TextSpec): Promise<string> {
  const { maxBytes, what, signal, withinMs = usualHeaderTimeoutMs } = spec;
  const timer = setTimeout(
    () => answer.destroy(networkError(`its ${what} is not whole after ${withinMs / 1_000} s`)),
    withinMs,
  );
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw new Refused('E_IMAGE_SIZE', `its ${what} is longer than ${maxBytes} bytes`, {
          again: 'unless-changed',
        });
      }
      chunks.push(chunk);
    }
  } catch (error) {
    answer.destroy();
    throw signal.aborted ? signal.reason : asRefused(error);
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
