/**
 * A server of images on loopback that behaves, or misbehaves in one way for each path: `/<mode>/…/<file>`. It keeps what it was asked, so that a test can say what was sent to whom. Node's own HTTP
 * is left behind where it would be too polite: lengths that lie, connections that are cut.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

type Mode = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  rest: readonly string[],
) => void;

/** The first 96 bytes of a squashfs of that size, then bytes that cannot be compressed; always the same for one seed. */
export function fakeImage(bytes: number, seed = 'image'): Buffer {
  const image = Buffer.alloc(bytes);
  for (let at = 0, block = createHash('sha256').update(seed).digest(); at < bytes; at += block.length) {
    block.copy(image, at);
    block = createHash('sha256').update(block).digest();
  }
  image.fill(0, 0, 96);
  image.write('hsqs', 0, 'latin1');
  image.writeUInt16LE(4, 28);
  image.writeBigUInt64LE(BigInt(bytes), 40);
  return image;
}

export class ImageServer {
  /** Requests in the order in which they came. */
  readonly seen: Seen[] = [];
  /** By name. */
  readonly files = new Map<string, Buffer>();
  /** Asked for in `Authorization` by `/private/…`. */
  authorization = 'Bearer s3cret-t0ken';
  /** Told when so many bytes of a body are on their way by `/paced/…`, which goes on when it resolves. */
  onBytes: (sent: number) => Promise<void> = async () => {};
  /** Bytes that went out to clients that are gone. */
  sent = 0;
  readonly #sockets = new Set<Socket>();
  #failures = 0;

  private constructor(
    private readonly server: Server,
    private readonly scheme: 'http' | 'https',
  ) {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        this.sent += socket.bytesWritten;
        this.#sockets.delete(socket);
      });
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#answer(request, response),
    );
  }

  static async start(tls: ServerOptions | null = null): Promise<ImageServer> {
    const server = tls === null ? createServer() : createTlsServer(tls);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ImageServer(server, tls === null ? 'http' : 'https');
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** `http://127.0.0.1:PORT/<path>` */
  url(path: string): string {
    return `${this.scheme}://${this.host}/${path}`;
  }

  /** Cuts every connection there is now. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    const [name = '', ...rest] = (request.url ?? '').split('?')[0]?.slice(1).split('/') ?? [];
    const mode = this.#modes[name];
    const body = this.files.get(rest.at(-1) ?? '');
    if (mode === undefined || (body === undefined && !name.startsWith('redirect')))
      response.writeHead(404).end('no such file');
    else mode(request, response, body ?? Buffer.alloc(0), rest.slice(0, -1));
  }

  readonly #modes: Readonly<Record<string, Mode>> = {
    good: (request, response, body) => sendRange(request, response, body, { etag: etagOf(body) }),
    'without-etag': (request, response, body) => sendRange(request, response, body, {}),
    /** `/status/503/…`, with `/status/503/120/…` and a Retry-After. */
    status: (_request, response, _body, [status = '500', after]) => {
      response.writeHead(Number(status), after === undefined ? {} : { 'retry-after': after }).end('no');
    },
    /** `/fails/N/STATUS/…`: so many times, then it is good. */
    fails: (request, response, body, [times = '1', status = '503']) => {
      if (this.#failures++ < Number(times)) response.writeHead(Number(status)).end();
      else sendRange(request, response, body, { etag: etagOf(body) });
    },
    /** Knows no ranges; cut after 100,000 bytes, then after one, and so on. */
    'cut-by-turns': (_request, response, body) => {
      response.writeHead(200, { 'content-length': body.length });
      const most = this.seen.length % 2 === 1 ? 100_000 : 1;
      response.write(body.subarray(0, most), () => setTimeout(() => response.destroy(), 10));
    },
    /** Good, but of a signature only nine bytes come, and then nothing, or the end of the connection. */
    'signature-stalls': (request, response, body) => {
      if (!isSignature(request)) return sendRange(request, response, body, { etag: etagOf(body) });
      response.writeHead(200, { 'content-length': body.length }).write(body.subarray(0, 9));
    },
    'signature-cut': (request, response, body) => {
      if (!isSignature(request)) return sendRange(request, response, body, { etag: etagOf(body) });
      raw(response, lengthHead(body.length), body.subarray(0, 9));
    },
    'no-range': (_request, response, body) => {
      response.writeHead(200, { 'content-length': body.length }).end(body);
    },
    'wrong-range': (request, response, body) => {
      if (request.headers.range === undefined) return sendRange(request, response, body, {});
      response
        .writeHead(206, { 'content-range': `bytes 0-9/${body.length}`, 'content-length': 10 })
        .end(body.subarray(0, 10));
    },
    'no-such-range': (request, response, body) => {
      if (request.headers.range === undefined) return sendRange(request, response, body, {});
      response.writeHead(416, { 'content-range': `bytes */${body.length + 5}` }).end();
    },
    /** Another ETag, and other bytes before what is asked for, at each request. */
    'new-etag': (request, response, body) =>
      sendRange(request, response, body, { etag: `"${this.seen.length}"` }),
    /** Cut after 100,000 bytes of what is asked for, each time. */
    cut: (request, response, body) => sendRange(request, response, body, { etag: etagOf(body) }, 100_000),
    /** Cut, and never says how long it should have been. */
    'cut-without-length': (_request, response, body) =>
      raw(response, 'HTTP/1.0 200 OK\r\n\r\n', body.subarray(0, body.length / 2)),
    'without-length': (_request, response, body) => raw(response, 'HTTP/1.0 200 OK\r\n\r\n', body),
    'length-plus-1': (_request, response, body) => raw(response, lengthHead(body.length + 1), body),
    'length-minus-1': (_request, response, body) => raw(response, lengthHead(body.length - 1), body),
    longer: (_request, response, body) =>
      raw(response, 'HTTP/1.0 200 OK\r\n\r\n', Buffer.concat([body, Buffer.alloc(5_000)])),
    endless: (_request, response, body) => {
      response.writeHead(200);
      response.write(body);
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(65_536), () => setImmediate(more));
      };
      more();
    },
    huge: (_request, response, body) => {
      response.writeHead(200, { 'content-length': 2 ** 50 });
      response.write(body);
    },
    html: (_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!DOCTYPE html><html>${'sign in '.repeat(400)}</html>`);
    },
    gzip: (_request, response, body) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
    },
    flipped: (request, response, body) => {
      const wrong = Buffer.from(body);
      wrong[body.length - 1] = (wrong[body.length - 1] ?? 0) ^ 1;
      sendRange(request, response, wrong, {});
    },
    silent: () => {},
    /** What is asked for in parts is somewhere else: `/parts-at/<the location, percent-encoded>/…` */
    'parts-at': (request, response, body, [location = '']) => {
      if (request.headers.range === undefined) sendRange(request, response, body, {});
      else response.writeHead(307, { location: decodeURIComponent(location) }).end();
    },
    /** As `flipped`, `status` and `silent`, for what is asked for in parts; good for the whole. */
    'part-flipped': (request, response, body) => {
      const wrong = Buffer.from(body).map((byte) => byte ^ 1);
      sendRange(request, response, request.headers.range === undefined ? body : Buffer.from(wrong), {});
    },
    'part-status': (request, response, body, [status = '500']) => {
      if (request.headers.range === undefined) sendRange(request, response, body, {});
      else response.writeHead(Number(status)).end('no');
    },
    'part-silent': (request, response, body) => {
      if (request.headers.range === undefined) sendRange(request, response, body, {});
    },
    /** All but the last hundredth, then nothing. */
    stalls: (_request, response, body) => {
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, Math.floor(body.length * 0.99)));
    },
    drips: (_request, response, body) => {
      response.writeHead(200, { 'content-length': body.length });
      let at = 0;
      const timer = setInterval(() => response.write(body.subarray(at, ++at)), 20);
      response.once('close', () => clearInterval(timer));
    },
    private: (request, response, body) => {
      if (request.headers.authorization === this.authorization) sendRange(request, response, body, {});
      else response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    },
    /** In pieces of 16 KiB; a test looks on, and goes on, at each. */
    paced: (request, response, body) => void this.#paced(request, response, body),
    /** `/redirect/N/…`: N times, then it is good. */
    redirect: (_request, response, _body, [times = '1', ...rest]) => {
      const file = response.req.url?.split('/').at(-1);
      const left = Number(times) - 1;
      const location = left > 0 ? ['/redirect', left, ...rest, file].join('/') : `/good/${file}`;
      response.writeHead(302, { location }).end();
    },
    'redirect-loop': (request, response) => {
      response.writeHead(302, { location: request.url ?? '' }).end();
    },
    /** `/redirect-to/<the location, percent-encoded>/…` */
    'redirect-to': (_request, response, _body, [location = '']) => {
      response.writeHead(307, { location: decodeURIComponent(location) }).end();
    },
  };

  async #paced(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const range = rangeOf(request, etagOf(body), body);
    head(response, body, range, { etag: etagOf(body) });
    const end = range === null ? body.length : range.to + 1;
    for (let at = range?.from ?? 0; at < end && !response.destroyed; at += 16_384) {
      const next = Math.min(end, at + 16_384);
      await new Promise((resolve) => response.write(body.subarray(at, next), resolve));
      await this.onBytes(next);
    }
    response.end();
  }
}

function isSignature({ url }: IncomingMessage): boolean {
  return url?.endsWith('.minisig') === true;
}

function etagOf(body: Buffer): string {
  return `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
}

/** The first byte and the last; null without a range that counts, `bytes=0-` among them. */
function rangeOf(
  { headers }: IncomingMessage,
  etag: string | undefined,
  body: Buffer,
): { readonly from: number; readonly to: number } | null {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const counts = headers['if-range'] === undefined || headers['if-range'] === etag;
  if (from === undefined || !counts || (from === '0' && to === '')) return null;
  const last = body.length - 1;
  return { from: Number(from), to: to === undefined || to === '' ? last : Math.min(last, Number(to)) };
}

function head(
  response: ServerResponse,
  body: Buffer,
  range: ReturnType<typeof rangeOf>,
  headers: Readonly<Record<string, string>>,
): void {
  if (range === null) response.writeHead(200, { ...headers, 'content-length': body.length });
  else
    response.writeHead(206, {
      ...headers,
      'content-length': range.to - range.from + 1,
      'content-range': `bytes ${range.from}-${range.to}/${body.length}`,
    });
}

/** `most`: bytes after which the connection is cut. */
function sendRange(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  most = Number.POSITIVE_INFINITY,
): void {
  const range = rangeOf(request, headers.etag, body);
  if (range !== null && range.from >= body.length) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    return;
  }
  head(response, body, range, headers);
  const { from, to } = range ?? { from: 0, to: body.length - 1 };
  const bytes = body.subarray(from, Math.min(to + 1, from + most));
  if (from + bytes.length === to + 1) response.end(bytes);
  else response.write(bytes, () => setTimeout(() => response.destroy(), 20));
}

function lengthHead(length: number): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`;
}

/** Written as it is, then the connection ends. */
function raw(response: ServerResponse, head: string, body: Buffer): void {
  response.socket?.end(Buffer.concat([Buffer.from(head, 'latin1'), body]));
}
