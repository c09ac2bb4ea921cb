/**
 * Runs the built rackops as its users do: as a child process, with its output captured. Nothing of src/ is imported here.
 * A run that does not end in time is killed and says so; an agent is ended by the one who started it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** RACKOPS_DIST: another build than `dist/`, for tests beside one that is being rebuilt. */
export const mainProgram = process.env.RACKOPS_DIST
  ? `${process.env.RACKOPS_DIST}/main.js`
  : fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** The document on stdout when `--json` was asked for; undefined when it is none. */
  readonly json: unknown;
}

export interface ProgramOptions {
  readonly config: string;
  readonly json?: boolean;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Its standard error goes to ours as well. */
  readonly show?: boolean;
}

/** Waits until the program has ended and its pipes are closed: one that leaves a child behind on its pipe runs into the timeout. */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const startedAt = Date.now();
  const full = ['--config', options.config, ...args, ...(options.json ? ['--json'] : [])];
  const child = spawn(process.execPath, [mainProgram, ...full], {
    cwd: options.cwd ?? '/',
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr, options.show ? (text) => process.stderr.write(text) : undefined);
  const timeoutMs = options.timeoutMs ?? 120_000;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
  }, timeoutMs);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  }).finally(() => clearTimeout(timer));
  if (late)
    throw new Error(`rackops ${args.join(' ')} did not end within ${timeoutMs} ms\n${stdout()}\n${stderr()}`);
  return {
    exitCode,
    stdout: stdout(),
    stderr: stderr(),
    durationMs: Date.now() - startedAt,
    json: options.json ? parsed(stdout()) : undefined,
  };
}

/** A running `rackops agent`. */
export class AgentProcess {
  readonly ended: Promise<number | null>;
  private endedAlready = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly logFile: string,
  ) {
    this.ended = new Promise((resolve) => {
      child.once('exit', (code) => {
        this.endedAlready = true;
        resolve(code);
      });
    });
  }

  /** Starts the agent; what it prints is appended to `logFile`. */
  static start(config: string, logFile: string, env: Readonly<Record<string, string>> = {}): AgentProcess {
    const log = openSync(logFile, 'a', 0o600);
    const child = spawn(process.execPath, [mainProgram, '--config', config, 'agent'], {
      cwd: '/',
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      // Ctrl-C is for whoever started it: that one decides what becomes of the agent.
      detached: true,
    });
    closeSync(log);
    return new AgentProcess(child, logFile);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the agent could not be started');
    return this.child.pid;
  }

  get isRunning(): boolean {
    return !this.endedAlready;
  }

  /** Sends the signal and waits for the end; after `timeoutMs` it is killed. Returns the exit code, null when a signal ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', timeoutMs = 10_000): Promise<number | null> {
    if (this.endedAlready) return this.ended;
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs);
    return this.ended.finally(() => clearTimeout(timer));
  }

  /** This process may end, the agent goes on. */
  letGo(): void {
    this.child.unref();
  }

  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }
}

function collect(stream: NodeJS.ReadableStream, also?: (text: string) => void): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    also?.(chunk.toString());
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
