/** Copies what is in a file: blocks are shared where the file system can, holes stay holes. */
import type { FileHandle } from 'node:fs/promises';
import { nextData, shareBlocks } from '../../kernel/index.js';

const chunkBytes = 1_048_576;

export interface Copying {
  readonly signal: AbortSignal;
  /** For one copy at a time. */
  readonly chunk: Buffer;
}

/** For any number of copies, one after the other. */
export function copying(signal: AbortSignal): Copying {
  return { signal, chunk: Buffer.allocUnsafe(chunkBytes) };
}

/** `target` is empty and open for writing; `size` in bytes, as `source` was seen: one that shrinks meanwhile leaves a hole. Errors: the file system's own; the signal's reason, with a part of it copied. */
export async function copyData(
  source: FileHandle,
  target: FileHandle,
  size: number,
  { signal, chunk }: Copying,
): Promise<void> {
  if (shareBlocks(target.fd, source.fd)) return;
  await target.truncate(size);
  for (let run = nextData(source.fd, 0); run !== null; run = nextData(source.fd, run.end)) {
    for (let at = run.start; at < run.end; ) {
      signal.throwIfAborted();
      const wanted = Math.min(chunk.length, run.end - at);
      const { bytesRead } = await source.read(chunk, 0, wanted, at);
      if (bytesRead === 0) return;
      await target.write(chunk, 0, bytesRead, at);
      at += bytesRead;
    }
  }
}
