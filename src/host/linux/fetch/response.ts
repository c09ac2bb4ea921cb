/** What to do with an answer to a request for an image, or for the rest of one. Pure: numbers and headers in, a decision out. */
import type { IncomingHttpHeaders } from 'node:http';
import { formatBytes } from '../../../lib/index.js';
import { Refused } from './refused.js';

/** A server may ask for a pause of this long at most; longer ones are cut. */
const longestPauseMs = 3_600_000;

export interface Asked {
  /** Bytes that are here already; the rest was asked for when it is not 0. */
  readonly offset: number;
  readonly maxBytes: number;
  readonly nowMs: number;
}

export type Verdict =
  /** The body is the whole file: write it from the beginning. */
  | { readonly kind: 'whole'; readonly total: number | null; readonly validator: string | null }
  /** The body goes on where the file ends. */
  | { readonly kind: 'rest'; readonly total: number | null }
  /** The file is whole as it is. */
  | { readonly kind: 'complete' }
  /** What is here is no beginning of what the server has: ask again from 0. */
  | { readonly kind: 'restart'; readonly why: string };

/** Throws `Refused` when the body is not wanted. */
export function judge(status: number, headers: IncomingHttpHeaders, asked: Asked): Verdict {
  const { offset, maxBytes } = asked;
  if (status === 200) {
    refuseEncoded(headers);
    const total = lengthOf(headers);
    refuseLong(total, maxBytes);
    return { kind: 'whole', total, validator: validatorOf(headers) };
  }
  if (status === 206 && offset > 0) {
    refuseEncoded(headers);
    const range = contentRange(headers['content-range']);
    const length = lengthOf(headers);
    if (range === null || range.from !== offset)
      return { kind: 'restart', why: 'it sent another range than was asked for' };
    if (length !== null && length !== range.to - range.from + 1)
      return { kind: 'restart', why: 'the length of its answer contradicts its range' };
    if (range.total !== null && range.to + 1 !== range.total)
      return { kind: 'restart', why: 'it sent only a part of the rest' };
    refuseLong(range.total, maxBytes);
    return { kind: 'rest', total: range.total };
  }
  if (status === 416 && offset > 0) {
    const total = /^bytes \*\/(\d{1,15})$/.exec(headers['content-range'] ?? '')?.[1];
    return Number(total) === offset
      ? { kind: 'complete' }
      : { kind: 'restart', why: 'it does not have the range that was asked for' };
  }
  throw refusedStatus(status, headers, asked.nowMs);
}

/** Bytes of a file of `total`, the last one included. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** Throws `Refused` unless the body is exactly that part of a file of `total` bytes. */
export function refuseOtherPart(
  status: number,
  headers: IncomingHttpHeaders,
  part: Part,
  total: number,
  nowMs: number,
): void {
  const wrong = (why: string): Refused => new Refused('E_IMAGE_FETCH', why, { again: 'unless-changed' });
  if (status === 200) throw wrong('it sends all of the file when asked for a part');
  if (status !== 206) throw refusedStatus(status, headers, nowMs);
  refuseEncoded(headers);
  const range = contentRange(headers['content-range']);
  if (range === null || range.from !== part.from || range.to !== part.to)
    throw wrong('it sent another range than was asked for');
  if (range.total !== null && range.total !== total)
    throw wrong(`its file has ${range.total} bytes, and the control file says ${total}`);
}

/** The error for an answer that brings nothing. */
export function refusedStatus(status: number, headers: IncomingHttpHeaders, nowMs: number): Refused {
  if (status === 404 || status === 410)
    return new Refused('E_IMAGE_NOT_FOUND', `not there (${status})`, { again: 'unless-changed' });
  if (status === 401 || status === 403 || status === 407)
    return new Refused('E_IMAGE_DENIED', `it refuses us (${status})`, { again: 'unless-changed' });
  const isPassing = status === 429 || status === 408 || status === 425 || (status >= 500 && status !== 501);
  return new Refused('E_IMAGE_FETCH', `it answers with status ${status}`, {
    again: isPassing ? 'soon' : 'unless-changed',
    afterMs: isPassing ? retryAfterMs(headers['retry-after'], nowMs) : null,
  });
}

/** The pause that a server asks for, in ms, an hour at most; null when there is none that can be understood. */
export function retryAfterMs(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) ? Math.min(longestPauseMs, Math.max(0, ms)) : null;
}

/** What `If-Range` may be asked with: a strong ETag, else null (a time has only seconds). */
function validatorOf({ etag }: IncomingHttpHeaders): string | null {
  return etag !== undefined && /^"[\x21\x23-\x7e]{0,200}"$/.test(etag) ? etag : null;
}

function lengthOf(headers: IncomingHttpHeaders): number | null {
  const text = headers['content-length'];
  return text !== undefined && /^\d{1,19}$/.test(text) ? Number(text) : null;
}

function refuseLong(total: number | null, maxBytes: number): void {
  if (total === null || total <= maxBytes) return;
  throw new Refused(
    'E_IMAGE_SIZE',
    `it says ${formatBytes(total)}, more than images.maxSize (${formatBytes(maxBytes)})`,
    {
      again: 'unless-changed',
      hint: 'raise images.maxSize when the image really is that big',
    },
  );
}

/** Bytes of something compressed are other bytes, and a range of them is no range of the file. */
function refuseEncoded(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return;
  throw new Refused(
    'E_IMAGE_FETCH',
    'it sends the file compressed (Content-Encoding) although that was refused',
    {
      again: 'unless-changed',
      hint: 'switch compression off for image files on that server',
    },
  );
}

function contentRange(
  text: string | undefined,
): { readonly from: number; readonly to: number; readonly total: number | null } | null {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(text ?? '');
  if (match === null) return null;
  const [, from, to, total] = match;
  const range = { from: Number(from), to: Number(to), total: total === '*' ? null : Number(total) };
  return range.to < range.from || (range.total !== null && range.to >= range.total) ? null : range;
}
