import { createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { createProbes } from '../../../src/host/linux/probes.js';
import type { ProbeResult } from '../../../src/model/index.js';

const probes = createProbes({
  exec: async () => {
    throw new Error('no exec here');
  },
  now: () => 1_000,
});
const target = { rack: 'web', service: 'main' };
const { signal } = new AbortController();

/** A server that does this with each connection; closed after each test. */
const servers: { server: Server; sockets: Set<Socket> }[] = [];

async function serving(answer: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function probeHttp(
  answer: (socket: Socket) => void,
  options: { readonly body?: string; readonly timeoutMs?: number } = {},
): Promise<ProbeResult> {
  const check = {
    kind: 'http' as const,
    host: '127.0.0.1',
    port: await serving(answer),
    path: '/up',
    status: 200,
    body: options.body ?? null,
  };
  return await probes.probe(check, options.timeoutMs ?? 2_000, target, signal);
}

const saying = (text: string) => (socket: Socket) => {
  socket.end(text);
};

describe('http probes', () => {
  afterEach(() => {
    for (const { server, sockets } of servers.splice(0)) {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it('succeed on the wanted status and keep the body as evidence', async () => {
    const result = await probeHttp(saying('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n2.0'), {
      body: '^2\\.0',
    });
    expect(result).to.include({ at: 1_000, result: 'success', body: '2.0' });
  });

  it('fail on another status or body, saying both', async () => {
    const broken = await probeHttp(saying('HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\noops'));
    expect(broken).to.include({ result: 'failure', message: 'HTTP 500, want 200', body: 'oops' });
    const other = await probeHttp(saying('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n1.0'), {
      body: '^2\\.0',
    });
    expect(other).to.include({ result: 'failure', message: 'HTTP 200, but the body does not match' });
  });

  it('do not follow redirects', async () => {
    const result = await probeHttp(
      saying('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'),
    );
    expect(result.message).to.equal('HTTP 302, want 200');
  });

  it('look at no more than 64 KiB of an endless body', async () => {
    const result = await probeHttp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const block = Buffer.alloc(65_536, 'x');
      const pour = (): void => {
        while (!socket.destroyed && socket.write(block));
      };
      socket.on('drain', pour);
      pour();
    });
    expect(result.result).to.equal('success');
    expect(result.body).to.have.length(2_048);
  });

  it('refuse headers longer than 16 KiB', async () => {
    const result = await probeHttp(saying(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`));
    expect(result).to.include({ result: 'failure', message: 'headers longer than 16384 bytes' });
  });

  it('end at their deadline, however slowly something drips', async () => {
    const result = await probeHttp(
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
        const timer = setInterval(() => socket.write('x'), 20);
        socket.on('close', () => clearInterval(timer));
      },
      { timeoutMs: 200 },
    );
    expect(result).to.include({ result: 'failure', message: 'no complete answer within 200ms' });
    expect(result.durationMs).to.be.below(5_000);
  });

  it('tell a refused connection, a closed one and nonsense apart', async () => {
    const port = await serving(() => {});
    servers.splice(0).forEach(({ server }) => {
      server.close();
    });
    const check = { kind: 'http' as const, host: '127.0.0.1', port, path: '/', status: 200, body: null };
    expect((await probes.probe(check, 1_000, target, signal)).message).to.equal('connection refused');
    expect((await probeHttp((socket) => socket.destroy())).message).to.equal('connection reset');
    expect((await probeHttp(saying('SSH-2.0-OpenSSH\r\n\r\n'))).message).to.equal('the answer is no HTTP');
  });

  it('escape what could steer a terminal', async () => {
    const result = await probeHttp(saying('HTTP/1.1 500 No\r\nContent-Length: 8\r\n\r\n\u001b[31mred'));
    expect(result.body).to.equal('\\x1b[31mred');
  });

  it('are not held up by an expression that never ends', async () => {
    const body = `${'a'.repeat(40)}b`;
    const answer = saying(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    const result = await probeHttp(answer, { body: '(a+)+$' });
    expect(result).to.include({ result: 'failure' });
    expect(result.message).to.contain('the expression needs more than 100ms');
  });

  it('connect only, where tcp is asked for', async () => {
    const port = await serving(() => {});
    const check = { kind: 'tcp' as const, host: '127.0.0.1', port };
    expect(await probes.probe(check, 1_000, target, signal)).to.include({
      result: 'success',
      message: 'connected',
    });
  });

  it('are unknown when they could not be made', async () => {
    const result = await probes.probe({ kind: 'exec', command: ['true'] }, 1_000, target, signal);
    expect(result).to.include({ result: 'unknown', message: 'the probe failed: no exec here' });
  });
});
