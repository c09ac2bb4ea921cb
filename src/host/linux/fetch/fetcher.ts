/**
 * Images from the network: so many downloads at a time, each into a partial file that survives this process, each hashed before anybody may use it. Knows places, not policy: in which order they are
 * asked, and whether what they give is signed, is the store's.
 */
import type { FileHandle } from 'node:fs/promises';
import { deferred, formatBytes, semaphore } from '../../../lib/index.js';
import { type ImageRef, RackError, type RemoteSource } from '../../../model/index.js';
import type { DeltaOutcome } from '../../image-ports.js';
import { fetchDelta } from '../delta/delta.js';
import type { ImageHashes } from '../image-hashes.js';
import { type Failure, resting } from './again.js';
import { type Pace, usualPace } from './body.js';
import { download } from './download.js';
import { openPartial, type Partial } from './partial.js';
import { type OpenPlace, type Place, placesOf } from './places.js';
import { Refused } from './refused.js';

/** Progress is told this often, ms. */
const tellEveryMs = 1_000;

export interface FetchOptions {
  /** Where the partial file is; in a directory of root's that nobody else can enter. */
  readonly path: string;
  /** An older image that is here, for places that offer what is not in it; null: none. Open for reading; stays open. */
  readonly seed: FileHandle | null;
  readonly onDelta: (outcome: DeltaOutcome) => void;
  /** The image is worth nothing without a signature of this place. */
  readonly signed: boolean;
  readonly progress: (detail: string) => void;
  readonly signal: AbortSignal;
}

export interface Fetcher {
  /** Where the source may have the image, in the order in which they are asked; at least one. */
  places(source: RemoteSource, image: ImageRef): readonly Place[];
  /**
   * The partial file, open, whose bytes hash to `image.sha256`; on disk. The caller renames it, and closes it. Throws `Refused`; `NoSpace` and errors of the disk; the signal's reason. A partial file
   * is left that the next call goes on with, unless its bytes were wrong.
   */
  fetch(place: Place, image: ImageRef, options: FetchOptions): Promise<FileHandle>;
  /** The detached signature that the place has for the image, null when it has none. Throws `Refused`, what `reject` was told, or the signal's reason. */
  signature(place: Place, signal: AbortSignal): Promise<string | null>;
  /** What the place gave is of no use, as the caller has found: it is not fetched from there again before a while. */
  reject(place: Place, part: Part, failure: Failure, signal: AbortSignal): Promise<void>;
}

/** What a place gives. Each rests on its own: of a signed image that is here only the signature is asked for again. */
type Part = 'image' | 'signature';

export interface FetcherOptions {
  readonly hashes: ImageHashes;
  readonly concurrent: number;
  readonly maxBytes: number;
  /** For tests; the usual ones otherwise. */
  readonly pace?: Pace;
  readonly headerTimeoutMs?: number;
}

export function createFetcher(options: FetcherOptions): Fetcher {
  const { hashes, maxBytes, pace = usualPace, headerTimeoutMs } = options;
  const slots = semaphore(options.concurrent);
  const rests = resting();

  function open(place: Place, signal: AbortSignal): Promise<OpenPlace> {
    return place.open({ signal, ...(headerTimeoutMs === undefined ? {} : { headerTimeoutMs }) });
  }

  function mustNotRest(place: OpenPlace, parts: readonly Part[]): void {
    for (const part of parts) {
      const failure = rests.check(restKey(place, part), Date.now());
      if (failure !== null) throw failure;
    }
  }

  function rest(place: OpenPlace, part: Part, error: unknown): void {
    if (error instanceof Refused || error instanceof RackError)
      rests.failed(restKey(place, part), error, Date.now());
  }

  async function fill(
    opened: OpenPlace,
    place: Place,
    partial: Partial,
    image: ImageRef,
    options: FetchOptions,
  ): Promise<void> {
    const { progress, signal } = options;
    const again = async (): Promise<string> => {
      await download({
        ask: opened.image,
        partial,
        maxBytes,
        pace,
        signal,
        progress: teller(place.label, progress),
        random: Math.random,
        onRetry: (failure, waitMs) =>
          progress(`${place.label}: ${failure.message}; again in ${(waitMs / 1_000).toFixed(1)} s`),
      });
      // The disk takes its time while the bytes are read once more.
      const [sha256] = await Promise.all([
        hashes.of(partial.handle, progress, signal),
        partial.handle.sync(),
      ]);
      return sha256;
    };
    const began = (await partial.handle.stat()).size;
    let sha256 = await again();
    if (sha256 !== image.sha256 && began > 0) {
      // What was there from an earlier time may be what is wrong.
      progress(`${place.label}: what was here already does not fit, begun anew`);
      await partial.restart(null);
      sha256 = await again();
    }
    if (sha256 === image.sha256) return;
    await partial.restart(null);
    throw new Refused('E_IMAGE_DIGEST', `want sha256 ${image.sha256}, got ${sha256}`, {
      again: 'unless-changed',
    });
  }

  /** Null when the whole has to be downloaded. */
  async function fetchLess(place: Place, image: ImageRef, options: FetchOptions): Promise<FileHandle | null> {
    const { seed, onDelta, path, progress, signal } = options;
    if (seed === null || !place.hasDelta) return null;
    const made = await fetchDelta({
      ...{ place, image, seed, path, hashes, maxBytes, pace, progress, signal },
      ...(headerTimeoutMs === undefined ? {} : { headerTimeoutMs }),
    });
    if (made.kind !== 'fetched') {
      onDelta(made);
      return null;
    }
    const { handle, ...outcome } = made;
    onDelta(outcome);
    return handle;
  }

  async function fetch(place: Place, image: ImageRef, options: FetchOptions): Promise<FileHandle> {
    const opened = await open(place, options.signal);
    mustNotRest(opened, options.signed ? ['image', 'signature'] : ['image']);
    const less = await fetchLess(place, image, options);
    if (less !== null) {
      rests.succeeded(restKey(opened, 'image'));
      return less;
    }
    const partial = await openPartial(options.path);
    try {
      await fill(opened, place, partial, image, options);
      rests.succeeded(restKey(opened, 'image'));
      return partial.handle;
    } catch (error) {
      rest(opened, 'image', error);
      // What does not fit on the disk takes space from the racks; an empty file is worth nothing.
      const isWorth = options.signal.aborted || (error instanceof Refused && !spoils(error));
      const keeps = isWorth && (await partial.handle.stat()).size > 0;
      await (keeps ? partial.close() : partial.discard());
      throw error;
    }
  }

  return {
    places: placesOf,
    fetch: async (place, image, options) => {
      const release = await acquire(slots, options.signal);
      try {
        return await fetch(place, image, options);
      } finally {
        release();
      }
    },
    signature: async (place, signal) => {
      const opened = await open(place, signal);
      mustNotRest(opened, ['signature']);
      try {
        return await opened.signature();
      } catch (error) {
        rest(opened, 'signature', error);
        throw error;
      }
    },
    reject: async (place, part, failure, signal) => rest(await open(place, signal), part, failure),
  };
}

function restKey({ key }: OpenPlace, part: Part): string {
  return `${part} ${key}`;
}

/** What was received is not the beginning of the image. */
function spoils({ code }: Refused): boolean {
  return code === 'E_IMAGE_DIGEST' || code === 'E_IMAGE_FORMAT' || code === 'E_IMAGE_SIZE';
}

/** A place among the downloads, unless this process must go first. */
async function acquire(slots: ReturnType<typeof semaphore>, signal: AbortSignal): Promise<() => void> {
  signal.throwIfAborted();
  const acquired = slots.acquire();
  const aborted = deferred<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([acquired, aborted.promise]);
  } catch (error) {
    void acquired.then((release) => release());
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function teller(
  label: string,
  progress: (detail: string) => void,
): (bytes: number, total: number | null) => void {
  let toldAt = Date.now();
  return (bytes, total) => {
    const now = Date.now();
    if (now - toldAt < tellEveryMs) return;
    toldAt = now;
    progress(
      `downloading ${formatBytes(bytes)}${total === null ? '' : ` of ${formatBytes(total)}`} from ${label}`,
    );
  };
}
