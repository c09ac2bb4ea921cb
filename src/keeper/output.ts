/**
 * From a service's pipes to its log: a time stamp and a mark (`out`, `err`, `sys` for the keeper's own words) before each line, flood limited.
 * Must never make a service wait for the disk: what is too much is dropped and counted.
 */
import { Socket } from 'node:net';
import { ByteBudget } from './byte-budget.js';
import { LineSplitter } from './lines.js';
import { LogFile } from './log-file.js';

/** Longer lines are cut: a line is for people, 16 KiB is more than they read. */
const maxLineBytes = 16 * 1024;
/** Per service: enough for a chatty access log, too little to fill a disk unnoticed. */
const bytesPerSecond = 1_000_000;
/** 10 MiB in three files: days of an ordinary service. */
const maxFileBytes = 10 * 1024 * 1024;
const keptFiles = 3;

type Mark = 'out' | 'err' | 'sys';

export class ServiceOutput {
  readonly #file: LogFile;
  readonly #budget = new ByteBudget(bytesPerSecond, Date.now());
  #droppedBytes = 0;

  constructor(logPath: string) {
    this.#file = new LogFile(logPath, maxFileBytes, keptFiles);
  }

  /** A line of the keeper's own: starts, exits, restarts. Never limited. */
  note(text: string): void {
    this.#tellDropped();
    this.#file.append(record('sys', Buffer.from(text)));
  }

  /** Reads the pipe (its descriptor is ours from now on) until it ends. Resolves at its end or error. */
  follow(fd: number, mark: 'out' | 'err'): { readonly ended: Promise<void>; readonly stop: () => void } {
    const pipe = new Socket({ fd, readable: true, writable: false });
    const lines = new LineSplitter(maxLineBytes);
    pipe.on('data', (chunk: Buffer) => {
      // A flood is dropped chunk by chunk, before the work of cutting it into lines.
      if (!this.#budget.take(chunk.length, Date.now())) {
        this.#droppedBytes += chunk.length;
        lines.resync();
        return;
      }
      this.#write(mark, lines.push(chunk));
    });
    const ended = new Promise<void>((resolve) => {
      pipe.on('error', () => resolve());
      pipe.on('close', () => {
        const rest = lines.flush();
        if (rest !== null) this.#write(mark, [rest]);
        resolve();
      });
    });
    return { ended, stop: () => pipe.destroy() };
  }

  /** All output is on disk. */
  async close(): Promise<void> {
    this.#tellDropped();
    await this.#file.close();
  }

  #write(mark: Mark, lines: readonly Buffer[]): void {
    if (lines.length === 0) return;
    this.#tellDropped();
    for (const line of lines) this.#file.append(record(mark, line));
  }

  #tellDropped(): void {
    if (this.#droppedBytes === 0) return;
    const text = `${this.#droppedBytes} bytes dropped: more than ${bytesPerSecond} bytes of output in a second`;
    this.#droppedBytes = 0;
    this.#file.append(record('sys', Buffer.from(text)));
  }
}

function record(mark: Mark, line: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${new Date().toISOString()} ${mark} `), line, Buffer.from('\n')]);
}
