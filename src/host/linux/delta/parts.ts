/**
 * Parts of one image, from its source: in pieces, a few of them ahead of whoever reads, each tried again while it makes sense. Keeps some megabytes in memory at most, and never fetches more than the image is worth.
 */
import type { IncomingMessage } from 'node:http';
import { type Pace, watchPace } from '../fetch/body.js';
import { Refused } from '../fetch/refused.js';
import { networkError } from '../fetch/request.js';
import { type Part, refuseOtherPart } from '../fetch/response.js';
import { tried } from './tries.js';

/** A piece is kept in memory; one that is cut is fetched again. */
const pieceBytes = 1_048_576;
/** Pieces under way at the same moment, besides the one that is waited for: a far server costs its way once for each. */
export const ahead = 4;
/** Whoever asks for the same again and again does not get it for ever: so many times the image. */
const mostTimes = 1.25;

export interface Parts {
  /** The bytes of each part in turn, in pieces; those of later parts are on their way meanwhile. Throws `Refused`, or the signal's reason. */
  read(part: Part, next: readonly Part[]): AsyncIterable<Buffer>;
  /** Of the source's bodies, so far. */
  fetchedBytes(): number;
}

export interface PartsOptions {
  /** Asks the source for the image; the answer is no redirect. */
  readonly ask: (headers: Readonly<Record<string, string>>) => Promise<IncomingMessage>;
  /** Bytes of the whole image. */
  readonly total: number;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

export function createParts({ ask, total, pace, signal }: PartsOptions): Parts {
  const under = new Map<string, Promise<Buffer>>();
  let fetched = 0;

  async function attempt(piece: Part): Promise<Buffer> {
    const answer = await ask({ range: `bytes=${piece.from}-${piece.to}` });
    try {
      refuseOtherPart(answer.statusCode ?? 0, answer.headers, piece, total, Date.now());
      const bytes = await readExactly(answer, piece.to - piece.from + 1, pace);
      fetched += bytes.length;
      return bytes;
    } catch (error) {
      answer.destroy();
      throw error;
    }
  }

  async function fetch(piece: Part): Promise<Buffer> {
    if (fetched > total * mostTimes)
      throw new Refused('E_IMAGE_FETCH', 'more is asked for than the image has', { again: 'always' });
    return await tried(() => attempt(piece), pace, signal);
  }

  function begin(piece: Part): Promise<Buffer> {
    const key = keyOf(piece);
    const known = under.get(key);
    if (known !== undefined) return known;
    const begun = fetch(piece);
    // Whoever waits for it is told; perhaps nobody does.
    begun.catch(() => {});
    under.set(key, begun);
    return begun;
  }

  return {
    read: async function* (part, next) {
      const own = piecesOf([part]);
      const all = [...own, ...piecesOf(next.slice(0, ahead))];
      // What was begun for a reader who then wanted something else.
      const wanted = new Set(all.slice(0, own.length + ahead).map(keyOf));
      for (const key of under.keys()) if (!wanted.has(key)) under.delete(key);
      for (const [index, piece] of own.entries()) {
        for (const later of all.slice(index, index + 1 + ahead)) void begin(later);
        const bytes = await begin(piece);
        under.delete(keyOf(piece));
        yield bytes;
      }
    },
    fetchedBytes: () => fetched,
  };
}

function piecesOf(parts: readonly Part[]): readonly Part[] {
  return parts.flatMap(({ from, to }) =>
    Array.from({ length: Math.ceil((to - from + 1) / pieceBytes) }, (_, index) => ({
      from: from + index * pieceBytes,
      to: Math.min(to, from + (index + 1) * pieceBytes - 1),
    })),
  );
}

function keyOf({ from, to }: Part): string {
  return `${from}-${to}`;
}

/** Throws `Refused` for another length. */
async function readExactly(answer: IncomingMessage, length: number, pace: Pace): Promise<Buffer> {
  const watch = watchPace(answer, pace);
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      watch.received(chunk.length);
      if (filled + chunk.length > length) throw networkError('it sent more than the part that was asked for');
      filled += chunk.copy(bytes, filled);
    }
  } finally {
    watch.end();
  }
  if (filled < length) throw networkError('the connection was cut within a part');
  return bytes;
}
