/** A request and what became of it after its redirects. Credentials go to the scheme, host and port that they are for, and nowhere else. */
import type { IncomingMessage } from 'node:http';
import { trustedBy } from './certificates.js';
import type { Credentials } from './credentials.js';
import { shownUrl } from './place.js';
import { followed, type Hop, isRedirect } from './redirect.js';
import { Refused } from './refused.js';
import { type Connections, plainHost, type RequestSpec, request, usualHeaderTimeoutMs } from './request.js';

export interface Ask {
  readonly method?: RequestSpec['method'];
  readonly url: URL;
  /** Of this request, sent along redirects too: Range and its like. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestSpec['body'];
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
        ...(ask.body === undefined ? {} : { body: ask.body }),
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

/** The body as text. Throws `Refused` when it is longer than `maxBytes` or cut off. */
export async function readText(answer: IncomingMessage, maxBytes: number, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      answer.destroy();
      throw new Refused('E_IMAGE_SIZE', `its ${what} is longer than ${maxBytes} bytes`, {
        again: 'unless-changed',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
