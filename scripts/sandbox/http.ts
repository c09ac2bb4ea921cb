/**
 * HTTP as a client sees it: a new connection for each request, nothing kept alive, a deadline on everything. And free ports for tests.
 */
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** `ECONNREFUSED`, `ETIMEDOUT` …; null when there was an answer. */
  readonly error: string | null;
  readonly durationMs: number;
}

/** One GET over a connection of its own; never throws. */
export function httpGet(url: string, timeoutMs = 5_000): Promise<Answer> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const done = (answer: Omit<Answer, 'durationMs'>) =>
      resolve({ ...answer, durationMs: performance.now() - startedAt });
    const fail = (error: string) => done({ status: 0, body: '', headers: {}, error });
    const sent = request(
      url,
      { agent: new Agent({ keepAlive: false }), signal: AbortSignal.timeout(timeoutMs) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => fail(codeOf(error)));
        response.on('end', () =>
          done({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            headers: response.headers,
            error: null,
          }),
        );
      },
    );
    sent.on('error', (error) => fail(codeOf(error)));
    sent.end();
  });
}

/** A TCP port of 127.0.0.1 that nobody listens on now: `wanted` when that one is free. */
export function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort())));
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** What a client saw while something happened. */
export interface Watched {
  readonly requests: number;
  /** Requests without an answer, or with another status than 200. */
  readonly failed: number;
  readonly errors: Readonly<Record<string, number>>;
  /** Bodies in the order in which they were first seen. */
  readonly bodies: readonly string[];
  /** Longest time between two good answers, ms. */
  readonly longestGapMs: number;
}

/** Asks again and again, one new connection at a time, `everyMs` apart, until stopped. */
export class Watcher {
  private running = true;
  private readonly loop: Promise<Watched>;

  constructor(url: string, everyMs = 10) {
    this.loop = this.watch(url, everyMs);
  }

  stop(): Promise<Watched> {
    this.running = false;
    return this.loop;
  }

  private async watch(url: string, everyMs: number): Promise<Watched> {
    const errors: Record<string, number> = {};
    const bodies: string[] = [];
    let requests = 0;
    let failed = 0;
    let lastGood = performance.now();
    let longestGapMs = 0;
    while (this.running) {
      const answer = await httpGet(url);
      requests++;
      if (answer.status === 200) {
        longestGapMs = Math.max(longestGapMs, performance.now() - lastGood);
        lastGood = performance.now();
        const body = answer.body.trim();
        if (bodies.at(-1) !== body) bodies.push(body);
      } else {
        failed++;
        const key = answer.error ?? `status ${answer.status}`;
        errors[key] = (errors[key] ?? 0) + 1;
      }
      await sleep(everyMs);
    }
    return { requests, failed, errors, bodies, longestGapMs: Math.round(longestGapMs) };
  }
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'TimeoutError' ? 'ETIMEDOUT' : error.message;
}
