/**
 * The client of a swap: a new connection every 2 ms, each with one GET, however long the earlier ones wait. Only this happens in its process; what it saw is made
 * sense of elsewhere (`seen.ts`).
 */
import { connect } from 'node:net';
import { monotonicMs } from './clock.js';
import { serve } from './helper.js';
import type { Request } from './seen.js';

export type ClientQuestion = { readonly kind: 'begin'; readonly port: number } | { readonly kind: 'end' };

const everyMs = 2;
/** A visitor would have gone. Counts as failed. */
const timeoutMs = 5_000;

let requests: Request[] = [];
let waiting = 0;
let timer: NodeJS.Timeout | null = null;

serve<ClientQuestion, readonly Request[]>(async (question) => {
  if (question.kind === 'begin') {
    begin(question.port);
    return [];
  }
  if (timer !== null) clearTimeout(timer);
  timer = null;
  while (waiting > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return requests;
});

function begin(port: number): void {
  requests = [];
  let nextMs = monotonicMs();
  const tick = (): void => {
    timer = setTimeout(tick, 1);
    const nowMs = monotonicMs();
    if (nowMs < nextMs) return;
    // A turn that was missed is not made up for: a burst would measure the burst.
    nextMs = Math.max(nextMs + everyMs, nowMs);
    ask(port);
  };
  tick();
}

function ask(port: number): void {
  const startMs = monotonicMs();
  const socket = connect({ host: '127.0.0.1', port });
  let text = '';
  let isOver = false;
  waiting++;
  const done = (error: string | null): void => {
    if (isOver) return;
    isOver = true;
    waiting--;
    clearTimeout(late);
    socket.destroy();
    const { status, body } = understood(text);
    requests.push({ startMs, endMs: monotonicMs(), status, version: body, error });
  };
  const late = setTimeout(() => done('ETIMEDOUT'), timeoutMs);
  socket.setEncoding('latin1');
  socket.on('connect', () => socket.write('GET /version HTTP/1.0\r\nHost: bench\r\n\r\n'));
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', (error) => done('code' in error ? String(error.code) : error.message));
  socket.on('end', () => done(isWhole(text) ? null : 'cut off'));
  socket.on('close', () => done('closed'));
}

function understood(text: string): { readonly status: number; readonly body: string } {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.\d (\d{3})/.exec(head)?.[1] ?? 0), body: body.trim() };
}

function isWhole(text: string): boolean {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  return length !== undefined && body.length === Number(length);
}
