/**
 * Writes the body of an answer to a file, at the disk's pace, and looks at it meanwhile: its length, its beginning, its speed, the space that is left. Never keeps more than a few megabytes in memory.
 */

import type { FileHandle } from 'node:fs/promises';
import { statfs } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { formatBytes } from '../../../lib/index.js';
import { squashfsFault } from '../squashfs.js';
import { usualFirstPauseMs } from './again.js';
import { Refused } from './refused.js';
import { asRefused, networkError } from './request.js';

/** Few large writes: a write costs a trip to another thread. */
const chunkBytes = 1_048_576;
/** Space is looked at each time so much was written. */
const lookEveryBytes = 32 * chunkBytes;
/** Racks need to write too: a download leaves this much. */
export const spareBytes = 64 * 1_048_576;
/** An image's first bytes tell whether it is one. */
const headBytes = 96;

export interface Pace {
  /** Fewer than `bytes` in `ms`: the server has stalled. */
  readonly stall: { readonly bytes: number; readonly ms: number };
  /** Before the second try of a download; it doubles. */
  readonly firstPauseMs: number;
}

/** A line that carries less than a kilobyte a second for half a minute would need a day for an image of 100 MB. */
export const usualPace: Pace = { stall: { bytes: 30_720, ms: 30_000 }, firstPauseMs: usualFirstPauseMs };

export interface BodySpec {
  readonly handle: FileHandle;
  readonly offset: number;
  /** Bytes of the whole file; null when the server does not say. */
  readonly total: number | null;
  /** Never more bytes in the file than this. */
  readonly maxBytes: number;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly progress: (bytes: number, total: number | null) => void;
}

/** Bytes in the file afterwards. What was received before a failure is in the file. Throws `Refused`, ENOSPC and its like, or the signal's reason. */
export async function writeBody(answer: IncomingMessage, spec: BodySpec): Promise<number> {
  const { handle, total, maxBytes, signal } = spec;
  const watch = watchPace(answer, spec.pace);
  let position = spec.offset;
  let looked = spec.offset;
  /** One is filled from the network while the other is written to the disk. */
  let [chunk, other] = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)];
  let filled = 0;
  let writing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    watch.writing();
    await writing;
    writing = writeAll(handle, chunk.subarray(0, filled), position);
    // Whoever waits for it next is told.
    writing.catch(() => {});
    position += filled;
    filled = 0;
    [chunk, other] = [other, chunk];
    spec.progress(position, total);
    if (position - looked < lookEveryBytes) return;
    looked = position;
    await refuseNoSpace(handle, 0, spareBytes / 2);
  };
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      watch.received(part.length);
      if (position + filled + part.length > Math.min(maxBytes, total ?? maxBytes))
        throw tooLong(total, maxBytes);
      for (let at = 0; at < part.length; ) {
        const copied = part.copy(chunk, filled, at);
        filled += copied;
        at += copied;
        if (position === 0 && filled >= headBytes) refuseOther(chunk.subarray(0, filled));
        if (filled === chunkBytes) await flush();
      }
    }
    await flush();
    await writing;
  } catch (error) {
    answer.destroy();
    const disk = await writing.then(
      () => null,
      (failed: unknown) => failed,
    );
    const known = disk ?? (signal.aborted ? signal.reason : error);
    if (isNoSpace(known))
      throw new NoSpace(total ?? position, known instanceof NoSpace ? known.freeBytes : 0);
    if (isDisk(known)) throw known;
    const refused = signal.aborted ? null : asRefused(known);
    // What came before the line was cut is kept.
    if (refused === null || refused.again === 'soon')
      await flush()
        .then(() => writing)
        .catch(() => {});
    throw refused ?? known;
  } finally {
    watch.end();
  }
  if (total !== null && position < total)
    throw networkError(`the connection was cut after ${formatBytes(position)} of ${formatBytes(total)}`);
  return position;
}

/** All of `bytes`: a disk that is nearly full takes less at first, and says so at the next write. */
export async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

/** Error: `NoSpace` unless `bytes` fit and `spare` is left. */
export async function refuseNoSpace(handle: FileHandle, bytes: number, spare = spareBytes): Promise<void> {
  const { bavail, bsize } = await statfs(`/proc/self/fd/${handle.fd}`);
  const free = bavail * bsize;
  if (free < bytes + spare) throw new NoSpace(bytes, free);
}

/** The disk of the image store is full, or would be. */
export class NoSpace extends Error {
  constructor(
    readonly needBytes: number,
    readonly freeBytes: number,
  ) {
    super('no space left');
    this.name = 'NoSpace';
  }
}

/** True when the disk, or our share of it, is full. */
export function isNoSpace(error: unknown): boolean {
  if (error instanceof NoSpace) return true;
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function isDisk(error: unknown): boolean {
  return (
    error instanceof Error &&
    'syscall' in error &&
    (error.syscall === 'write' || error.syscall === 'ftruncate')
  );
}

function tooLong(total: number | null, maxBytes: number): Refused {
  const most =
    total === null ? `images.maxSize (${formatBytes(maxBytes)})` : `the ${formatBytes(total)} that it said`;
  return new Refused('E_IMAGE_SIZE', `it sends more than ${most}`, { again: 'unless-changed' });
}

/** An error page, a sign-in page, an archive: said at its first bytes. */
function refuseOther(head: Buffer): void {
  const fault = squashfsFault(head);
  if (fault !== null)
    throw new Refused('E_IMAGE_FORMAT', `what it sends is ${fault}`, { again: 'unless-changed' });
}

/** Over one body: it is destroyed when its server stalls. */
export interface Watch {
  received(bytes: number): void;
  /** A slow disk is not the server's fault. */
  writing(): void;
  end(): void;
}

export function watchPace(answer: IncomingMessage, { stall }: Pace): Watch {
  let bytes = 0;
  let wrote = false;
  const timer = setInterval(() => {
    if (bytes < stall.bytes && !wrote)
      answer.destroy(networkError(`it sent ${formatBytes(bytes)} in ${stall.ms / 1_000} s`));
    bytes = 0;
    wrote = false;
  }, stall.ms);
  return {
    received: (count) => {
      bytes += count;
    },
    writing: () => {
      wrote = true;
    },
    end: () => clearInterval(timer),
  };
}
