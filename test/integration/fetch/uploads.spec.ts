/** Uploads: as long as they go on they may take their time; the answer may not. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createExchange } from '../../../src/host/linux/fetch/exchange.js';
import type { Refused } from '../../../src/host/linux/fetch/refused.js';

describe('an upload', () => {
  let end: () => Promise<void> = async () => {};
  afterEach(() => end());

  /** The status, or why there is none. */
  async function put(
    listener: RequestListener,
    pieces: number,
    pieceBytes: number,
  ): Promise<number | string> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    end = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const exchange = createExchange({
      source: url,
      credentials: { headers: {}, ca: null },
      signal: new AbortController().signal,
      headerTimeoutMs: 200,
    });
    async function* content(): AsyncIterable<Buffer> {
      for (let piece = 0; piece < pieces; piece++) {
        if (pieceBytes < 100_000) await sleep(60);
        yield Buffer.alloc(pieceBytes);
      }
    }
    const ask = { method: 'PUT', url, body: () => Readable.from(content(), { objectMode: false }) } as const;
    return exchange(ask).then(
      (answer) => {
        answer.destroy();
        return answer.statusCode ?? 0;
      },
      (error: Refused) => `${error.code}: ${error.message}`,
    );
  }

  it('lasts longer than an answer may', async () => {
    const status = await put(
      (request, response) => void request.resume().on('end', () => response.writeHead(201).end()),
      12,
      10_000,
    );
    expect(status).to.equal(201);
  });

  it('is given up when nothing of it is taken any more', async () => {
    expect(await put(() => {}, 64, 1_048_576)).to.equal('E_IMAGE_FETCH: it took nothing within 0.2 s');
  });

  it('is given up when all was sent and no answer comes', async () => {
    expect(await put((request) => void request.resume(), 2, 10_000)).to.equal(
      'E_IMAGE_FETCH: no answer within 0.2 s',
    );
  });
});
