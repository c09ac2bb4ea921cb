/**
 * One service's output on disk: appended in order, rotated by size. A slow or full disk costs lines (counted and told), never memory without bound
 * and never the keeper's attention. Must never follow a name into a rack's tree: the directory is the agent's own.
 */
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';

/** Bytes waiting for the disk; beyond them output is dropped, so that one stuck disk does not fill the memory. */
const pendingLimitBytes = 1024 * 1024;

export class LogFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #kept: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #writing: Promise<void> | null = null;
  #handle: FileHandle | null = null;
  #size = 0;
  #lost = 0;

  /** `maxBytes` per file, `kept` files in all: `web.log`, `web.log.1`, `web.log.2` for 3. */
  constructor(filePath: string, maxBytes: number, kept: number) {
    this.#path = filePath;
    this.#maxBytes = maxBytes;
    this.#kept = kept;
  }

  /** Takes the bytes; false when the disk is too far behind and they were dropped. */
  append(record: Buffer): boolean {
    if (this.#pendingBytes + record.length > pendingLimitBytes) {
      this.#lost += record.length;
      return false;
    }
    this.#pending.push(record);
    this.#pendingBytes += record.length;
    this.#writing ??= this.#drain();
    return true;
  }

  /** All that was taken is written, or given up on; the file is closed. Usable again afterwards. */
  async close(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    await this.#handle?.close().catch(() => {});
    this.#handle = null;
  }

  async #drain(): Promise<void> {
    // The first write waits a turn, so that what arrives together is written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.length > 0) {
      const batch = Buffer.concat(this.#pending);
      this.#pending = [];
      try {
        await this.#write(batch);
      } catch {
        // A full or broken disk: these lines are lost, the service goes on. The handle may be bad, so it is opened anew next time.
        this.#lost += batch.length;
        await this.#handle?.close().catch(() => {});
        this.#handle = null;
      }
      this.#pendingBytes -= batch.length;
    }
    this.#writing = null;
  }

  async #write(batch: Buffer): Promise<void> {
    this.#handle ??= await this.#open();
    if (this.#size > 0 && this.#size + batch.length > this.#maxBytes) {
      await this.#rotate();
      this.#handle = await this.#open();
    }
    if (this.#lost > 0) {
      const note = Buffer.from(
        `${new Date().toISOString()} sys ${this.#lost} bytes lost: the disk was too slow or full\n`,
      );
      this.#lost = 0;
      batch = Buffer.concat([note, batch]);
    }
    await this.#handle.appendFile(batch);
    this.#size += batch.length;
  }

  async #open(): Promise<FileHandle> {
    await mkdir(path.dirname(this.#path), { recursive: true, mode: 0o700 });
    const handle = await open(this.#path, 'a', 0o600);
    this.#size = (await handle.stat()).size;
    return handle;
  }

  async #rotate(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
    for (let n = this.#kept - 1; n >= 1; n--) {
      const from = n === 1 ? this.#path : `${this.#path}.${n - 1}`;
      await rename(from, `${this.#path}.${n}`).catch(() => {});
    }
  }
}
