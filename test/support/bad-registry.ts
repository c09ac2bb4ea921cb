/**
 * A registry on loopback that wants a token and misbehaves in one way for each repository: `/v2/<mode>/…`. It keeps which credentials came from whom. The real one is in registry.ts.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export class BadRegistry {
  /** `<method> <path without query>` with the `Authorization` that came with it. */
  readonly seen: { readonly what: string; readonly authorization: string | undefined }[] = [];
  readonly blobs = new Map<string, Buffer>();
  /** By mode: what `/v2/<mode>/manifests/…` answers with. */
  readonly manifests = new Map<string, string>();
  /** Where the mode `elsewhere` sends for a token, and `cdn` for a blob. */
  elsewhere = '';

  #fresh = false;

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#answer(request, response),
    );
  }

  static async start(): Promise<BadRegistry> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new BadRegistry(server);
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const [path = ''] = (request.url ?? '').split('?');
    this.seen.push({ what: `${request.method} ${path}`, authorization: request.headers.authorization });
    if (path.startsWith('/token/')) {
      this.#token(path.slice(7), response);
      return;
    }
    const [, , mode = '', kind = '', name = ''] = path.split('/');
    const challenge =
      this.#challenges[mode] ?? `Bearer realm="http://${this.host}/token/${mode}",service="racks"`;
    // In the mode `expires` a token is good for one question.
    const isSpent = mode === 'expires' && !this.#fresh;
    this.#fresh = false;
    if (request.headers.authorization !== 'Bearer t0ken' || isSpent) {
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return;
    }
    if (kind === 'manifests') {
      const text = this.manifests.get(mode);
      if (text === undefined) response.writeHead(404).end();
      else
        response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }).end(text);
      return;
    }
    const blob = this.blobs.get(name);
    if (blob === undefined) response.writeHead(404).end();
    else (this.#answers[mode] ?? this.#whole(blob))(request, response);
  }

  #whole(blob: Buffer): Answer {
    return (_request, response) => {
      response
        .writeHead(200, {
          'content-length': blob.length,
          'docker-content-digest': `sha256:${'0'.repeat(64)}`,
        })
        .end(blob);
    };
  }

  readonly #answers: Readonly<Record<string, Answer>> = {
    /** Cut after 2,000,000 bytes of what is asked for. */
    expires: (request, response) => {
      const blob = this.blobs.get(request.url?.split('/').at(-1) ?? '') ?? Buffer.alloc(0);
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const range = { 'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}` };
      response.writeHead(from === 0 ? 200 : 206, {
        ...(from === 0 ? {} : range),
        'content-length': blob.length - from,
      });
      response.write(blob.subarray(from, from + 2_000_000), () => setTimeout(() => response.destroy(), 20));
    },
    cdn: (_request, response) =>
      response.writeHead(307, { location: `${this.elsewhere}/good/web-1.0.iso` }).end(),
    'too-many': (_request, response) => response.writeHead(429).end(),
  };

  get #challenges(): Readonly<Record<string, string>> {
    return {
      elsewhere: `Bearer realm="${this.elsewhere}/token/x",service="racks"`,
      'by-address': 'Bearer realm="http://169.254.169.254/token"',
      'by-file': 'Bearer realm="file:///etc/passwd"',
      'with-user': `Bearer realm="http://a:b@${this.host}/token/x"`,
      'no-url': 'Bearer realm="token please"',
      'no-challenge': 'Negotiate',
    };
  }

  #token(mode: string, response: ServerResponse): void {
    const texts: Readonly<Record<string, string>> = {
      'big-token': JSON.stringify({ token: 'x'.repeat(10_000_000) }),
      'no-token': '{}',
      'no-json': '<html>',
      'header-in-token': JSON.stringify({ token: 'a\r\nX-Evil: 1' }),
      'wrong-token': JSON.stringify({ token: 'other' }),
      'access-token': JSON.stringify({ access_token: 't0ken' }),
    };
    if (mode === 'token-stalls') {
      response.writeHead(200).write('{"token"');
      return;
    }
    this.#fresh = true;
    response
      .writeHead(mode === 'no-entry' ? 403 : 200)
      .end(texts[mode] ?? JSON.stringify({ token: 't0ken' }));
  }
}
