/**
 * One health check, with a deadline over the whole of it, whatever the service does: endless bodies, huge headers, drips, redirects. Never throws, follows nothing,
 * keeps at most 64 KiB; what it keeps as evidence is escaped. It says what it saw, not what that means: counting is in probes/.
 */
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { assertNever, errorMessage, escapeControl, shorten } from '../../lib/index.js';
import { hasCode, type ProbeCheck, type ProbeResult } from '../../model/index.js';
import type { CommandLimits, Probes } from '../ports.js';
import type { AnswererCheck } from './answerer.js';
import { connectIn } from './connect-in.js';
import type { CapturedExec } from './exec.js';
import { searchSafely } from './safe-search.js';

const maxBodyBytes = 64 * 1024;
const maxHeaderBytes = 16 * 1024;
const evidenceLength = 2_048;

/** What a check saw. */
interface Seen {
  readonly result: ProbeResult['result'];
  readonly message: string;
  readonly body?: string;
}

export interface ProbesOptions {
  /** Runs a command in a service (`captureInRack`). Error: E_NOT_RUNNING. */
  readonly exec: (
    rack: string,
    service: string,
    command: readonly string[],
    limits: CommandLimits,
  ) => Promise<CapturedExec>;
  readonly now: () => number;
  /** Who answers in the rack's place, if somebody does; without it nobody looks. */
  readonly foreign?: AnswererCheck;
  /** File of the network namespace that a rack of that name is probed in; null, and without it: the host's. */
  readonly network?: (rack: string) => string | null;
}

export function createProbes(options: ProbesOptions): Probes {
  return {
    probe: async (check, timeoutMs, target, signal) => {
      const begin = performance.now();
      const seen = await look(check, { timeoutMs, signal }, target, options).catch((error: unknown): Seen => {
        return { result: 'unknown', message: `the probe failed: ${shorten(errorMessage(error), 200)}` };
      });
      const { result, message, body } = seen;
      return {
        at: options.now(),
        result,
        message: escapeControl(message),
        durationMs: Math.round(performance.now() - begin),
        ...(body === undefined ? {} : { body: escapeControl(body).slice(0, evidenceLength) }),
      };
    },
  };
}

async function look(
  check: ProbeCheck,
  limits: CommandLimits,
  target: { readonly rack: string; readonly service: string },
  options: ProbesOptions,
): Promise<Seen> {
  const { timeoutMs } = limits;
  const network = options.network?.(target.rack) ?? null;
  // In a network of its own nobody else can answer.
  if (network !== null && check.kind !== 'exec') return await lookInside(check, timeoutMs, network);
  switch (check.kind) {
    case 'http':
      return refuseForeign(await lookHttp(check, timeoutMs, null), check, target.rack, options);
    case 'tcp':
      return refuseForeign(await lookTcp(check, timeoutMs), check, target.rack, options);
    case 'exec':
      return await lookExec(check.command, limits, target, options);
    default:
      return assertNever(check, 'probe');
  }
}

async function lookInside(
  check: Exclude<ProbeCheck, { kind: 'exec' }>,
  timeoutMs: number,
  network: string,
): Promise<Seen> {
  const begin = performance.now();
  let socket: Socket;
  try {
    socket = await connectIn(network, check, timeoutMs);
  } catch (error) {
    return {
      result: 'failure',
      message: connectionProblem(error instanceof Error ? error : new Error(String(error))),
    };
  }
  if (check.kind === 'http') return await lookHttp(check, timeoutMs - (performance.now() - begin), socket);
  socket.destroy();
  return { result: 'success', message: 'connected' };
}

/** A good answer counts only when it is the rack's. */
function refuseForeign(
  seen: Seen,
  { host, port }: { readonly host: string; readonly port: number },
  rack: string,
  { foreign }: ProbesOptions,
): Seen {
  if (seen.result !== 'success') return seen;
  const answerer = foreign?.(rack, host, port) ?? null;
  if (answerer === null) return seen;
  return {
    ...seen,
    result: 'failure',
    message: `port ${port} is answered by ${answerer}, which is not of this rack`,
  };
}

/** `connected`: the connection to ask over; null: one is made. */
async function lookHttp(
  check: Extract<ProbeCheck, { kind: 'http' }>,
  timeoutMs: number,
  connected: Socket | null,
): Promise<Seen> {
  return await new Promise((resolve) => {
    // An agent of its own: no connection outlives a probe, so a new version is never judged by the old one's.
    const agent = new Agent({ keepAlive: false });
    const outgoing = request({
      ...(connected === null ? { agent } : { createConnection: () => connected }),
      host: check.host,
      port: check.port,
      path: check.path,
      method: 'GET',
      maxHeaderSize: maxHeaderBytes,
      headers: { 'user-agent': 'rackops-probe', accept: '*/*', connection: 'close' },
    });
    const settle = (seen: Seen): void => {
      clearTimeout(timer);
      resolve(seen);
      outgoing.destroy();
      agent.destroy();
    };
    const timer = setTimeout(() => {
      settle({ result: 'failure', message: `no complete answer within ${Math.round(timeoutMs)}ms` });
    }, timeoutMs);
    outgoing.on('error', (error) => settle({ result: 'failure', message: connectionProblem(error) }));
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const judge = (): void => {
        const body = Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8');
        settle(judgeHttp(check, response.statusCode ?? 0, body));
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= maxBodyBytes) judge();
      });
      response.on('end', judge);
      response.on('error', (error) => settle({ result: 'failure', message: connectionProblem(error) }));
    });
    outgoing.end();
  });
}

function judgeHttp(check: Extract<ProbeCheck, { kind: 'http' }>, status: number, body: string): Seen {
  if (status !== check.status) {
    return { result: 'failure', message: `HTTP ${status}, want ${check.status}`, body };
  }
  if (check.body === null) return { result: 'success', message: `HTTP ${status}`, body };
  const found = searchSafely(check.body, body);
  if (found === true) return { result: 'success', message: `HTTP ${status}, body matches`, body };
  const why = found === false ? 'the body does not match' : `cannot search the body: ${found}`;
  return { result: 'failure', message: `HTTP ${status}, but ${why}`, body };
}

async function lookTcp(
  { host, port }: Extract<ProbeCheck, { kind: 'tcp' }>,
  timeoutMs: number,
): Promise<Seen> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (seen: Seen): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(seen);
    };
    const timer = setTimeout(() => {
      settle({ result: 'failure', message: `no connection within ${timeoutMs}ms` });
    }, timeoutMs);
    socket.on('connect', () => settle({ result: 'success', message: 'connected' }));
    socket.on('error', (error) => settle({ result: 'failure', message: connectionProblem(error) }));
  });
}

async function lookExec(
  command: readonly string[],
  limits: CommandLimits,
  { rack, service }: { readonly rack: string; readonly service: string },
  { exec }: ProbesOptions,
): Promise<Seen> {
  try {
    const { exitCode, output } = await exec(rack, service, command, limits);
    if (exitCode === 0) return { result: 'success', message: 'exit code 0', body: output };
    const message = exitCode === null ? `no end within ${limits.timeoutMs}ms` : `exit code ${exitCode}`;
    return { result: 'failure', message, body: output };
  } catch (error) {
    if (hasCode(error, 'E_NOT_RUNNING')) return { result: 'failure', message: error.message };
    throw error;
  }
}

const problems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  EPIPE: 'connection closed',
  HPE_HEADER_OVERFLOW: `headers longer than ${maxHeaderBytes} bytes`,
};

function connectionProblem(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code.startsWith('HPE_') && problems[code] === undefined) return 'the answer is no HTTP';
  return problems[code] ?? shorten(error.message, 200);
}
