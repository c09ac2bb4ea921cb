/**
 * The image store: which file stands for an image, and the proof that its bytes are the ones the definition names, signed where that is asked for. A root-owned file in `iso` that nobody else can write is
 * used where it is; anything else is copied first, because what others can change after the check proves nothing; what no directory has is downloaded.
 */
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { oneAtATime } from '../../lib/index.js';
import {
  type DirectorySource,
  type ImageRef,
  type ImageSource,
  isRemoteSource,
  type Layout,
  RackError,
} from '../../model/index.js';
import type { FetchOptions, Images } from '../image-ports.js';
import { openSeed } from './delta/open-seed.js';
import { createFetcher, type FetcherOptions } from './fetch/fetcher.js';
import { discardPartial } from './fetch/partial.js';
import { shownSource } from './fetch/place.js';
import type { Place } from './fetch/places.js';
import { closeUnless, createImageCopies } from './image-copies.js';
import type { Reading } from './image-copy.js';
import { isOurs, openImage, readSignature } from './image-file.js';
import { createImageHashes } from './image-hashes.js';
import { digestError, imageError, placeError } from './image-verdict.js';
import { createSignatures, type Offer, type Origin } from './signatures.js';
import { checkSquashfs } from './squashfs.js';

type Progress = (detail: string) => void;
interface Verified {
  readonly handle: FileHandle;
  readonly path: string;
}

export interface ImageStore extends Images {
  /** The verified file, open for reading; the caller closes it. Downloads nothing. Same errors as `ensure`. */
  openVerified(image: ImageRef, progress?: Progress): Promise<Verified>;
  /** The open file still has the bytes that were verified: asked again once it can no longer be exchanged, because it is mounted. Error: E_IMAGE_DIGEST. */
  confirm(image: ImageRef, verified: Verified): Promise<void>;
}

export interface ImageStoreOptions extends Partial<Omit<FetcherOptions, 'hashes'>> {
  readonly layout: Layout;
  readonly sources: readonly ImageSource[];
}

interface Download {
  readonly done: Promise<void>;
  ended: boolean;
}

/** Where a search has got to: what was wrong with each place so far. */
interface Search extends Reading {
  readonly failures: RackError[];
}

type Signed = Pick<Offer, 'handle' | 'signature' | 'where'>;

export function createImageStore(options: ImageStoreOptions): ImageStore {
  const { layout, sources, concurrent = 2, maxBytes = Number.MAX_SAFE_INTEGER } = options;
  const hashes = createImageHashes(layout);
  const copies = createImageCopies(layout, hashes);
  const signatures = createSignatures(layout);
  const fetcher = createFetcher({ ...options, hashes, concurrent, maxBytes });
  const remotes = sources.filter(isRemoteSource);
  /** With no source that asks for signatures, where an image once came from does not matter. */
  const signing = sources.some(({ verify }) => verify !== null);
  /** Racks that share an image ask for it at the same moment: it is hashed and copied once. */
  const inTurn = oneAtATime();
  /** By sha256. Whoever needs the same image waits for the same download; one that has ended stays until somebody was told how. */
  const downloads = new Map<string, Download>();

  async function isAdmitted(image: ImageRef): Promise<boolean> {
    if (!signing) return true;
    for (const source of sources) if (await signatures.isKnown(image, originOf(source))) return true;
    return false;
  }

  /** Before it is the store's, or is used in place. */
  async function admit(search: Search, source: ImageSource, offer: Signed): Promise<void> {
    if (!signing) return;
    tell(search, await signatures.admit({ ...offer, ...search, origin: originOf(source) }));
  }

  async function fromDirectory(source: DirectorySource, search: Search): Promise<Verified | null> {
    const { image, progress, signal } = search;
    const path = join(source.path, image.file);
    const handle = await openImage(path);
    if (handle === null) return null;
    return closeUnless(handle, async () => {
      // First of all: who could write to it until now could make it another file for each of those who look at it next.
      const inPlace = source.path === layout.iso && (await isOurs(handle));
      const sha256 = await hashes.of(handle, progress, signal);
      if (sha256 !== image.sha256) throw digestError(image, path, sha256);
      await checkSquashfs(handle, image.file);
      const origin = originOf(source);
      const isKnown = !signing || (await signatures.isKnown(image, origin));
      const signature = isKnown || source.verify === null ? null : await readSignature(`${path}.minisig`);
      const offer = { handle, signature, where: path };
      if (inPlace) {
        if (!isKnown) await admit(search, source, offer);
        return { handle, path };
      }
      // What is wrong already is not copied; what proves it right is the copy.
      if (!isKnown) await signatures.check({ ...offer, ...search, origin });
      const copied = await copies.add(handle, search, async (copy) => {
        await checkSquashfs(copy, image.file);
        if (!isKnown) await admit(search, source, { ...offer, handle: copy });
      });
      await handle.close();
      return { handle: copied, path: copies.pathOf(image) };
    });
  }

  /** The store's copy, when it is right and was admitted. */
  async function fromStore(search: Search): Promise<Verified | null> {
    const copy = await copies.open(search);
    if (copy === null) return null;
    if (await closeUnless(copy, () => isAdmitted(search.image)))
      return { handle: copy, path: copies.pathOf(search.image) };
    await copy.close();
    return null;
  }

  /** What is on this host already, null when nothing is right. What was wrong is in `search.failures`. */
  async function findHere(search: Search): Promise<Verified | null> {
    const { image } = search;
    const copy = await attempt(search, () => fromStore(search));
    if (copy !== null) return copy;
    for (const source of sources) {
      if (isRemoteSource(source)) continue;
      const found = await attempt(search, () => fromDirectory(source, search));
      if (found === null) continue;
      await discardPartial(copies.partialPathOf(image));
      return found;
    }
    return null;
  }

  /** The image is in the store afterwards. */
  async function download(search: Search, fetching: FetchOptions): Promise<void> {
    await copies.prepare();
    for (const source of remotes) {
      for (const place of fetcher.places(source, search.image)) {
        try {
          return await fromPlace(source, place, search, fetching);
        } catch (error) {
          search.signal.throwIfAborted();
          search.failures.push(placeError(error, place.label, search.image));
        }
      }
    }
    throw imageError(search.image, sources, search.failures);
  }

  async function fromPlace(
    source: ImageSource,
    place: Place,
    search: Search,
    { present, onDelta }: FetchOptions,
  ): Promise<void> {
    const { image, signal } = search;
    const path = copies.partialPathOf(image);
    const signed = source.verify !== null;
    if (source.verify !== null) await signatures.mustBeAble(source.verify);
    // A copy that is here and lacks only the proof of a signature is not downloaded again; that one cannot be read was noted before.
    const copy = signed ? await attempt({ ...search, failures: [] }, () => copies.open(search)) : null;
    const seed = copy === null && place.hasDelta ? await openSeed(layout, image, present) : null;
    const wanted = { ...search, path, signed, seed, onDelta };
    const handle = copy ?? (await fetcher.fetch(place, image, wanted).finally(() => seed?.close()));
    const mustPass = async (part: 'image' | 'signature', check: () => Promise<void>): Promise<void> => {
      try {
        await check();
      } catch (error) {
        if (error instanceof RackError) await fetcher.reject(place, part, error, signal);
        throw error;
      }
    };
    try {
      await mustPass('image', () => checkSquashfs(handle, image.file));
      const signature = signed ? await fetcher.signature(place, signal) : null;
      const where = place.label;
      await mustPass('signature', () => admit(search, source, { handle, signature, where }));
      if (copy === null) await copies.keep(path, handle, image);
      await discardPartial(path);
    } catch (error) {
      // The bytes are right, and the next place, or the next pass, may have a signature for them. A source that wants none must bring its own.
      const mayStay = !signal.aborted && remotes.every(({ verify }) => verify !== null) && !isFormat(error);
      if (copy === null && !mayStay && !signal.aborted) await discardPartial(path);
      throw error;
    } finally {
      await handle.close();
    }
  }

  function search(image: ImageRef, progress: Progress, signal: AbortSignal): Search {
    if (basename(image.file) !== image.file) throw imageError(image, [], []);
    return { image, progress, signal, failures: [] };
  }

  async function ensure(image: ImageRef, progress: Progress, fetching: FetchOptions): Promise<void> {
    const { aside } = fetching;
    const found = search(image, progress, fetching.signal);
    const running = downloads.get(image.sha256);
    if (running !== undefined) await aside(() => running.done.catch(() => {}));
    const here = await inTurn(image.sha256, () => findHere(found));
    if (here !== null) {
      forgetEnded(image.sha256);
      return here.handle.close();
    }
    if (remotes.length === 0) throw imageError(image, sources, found.failures);
    const shared = downloads.get(image.sha256) ?? begin(image.sha256, download(found, fetching));
    await aside(() => shared.done).finally(() => forgetEnded(image.sha256));
  }

  function begin(sha256: string, done: Promise<void>): Download {
    const begun: Download = { done, ended: false };
    const end = (): void => {
      begun.ended = true;
    };
    done.then(end, end);
    downloads.set(sha256, begun);
    return begun;
  }

  function forgetEnded(sha256: string): void {
    if (downloads.get(sha256)?.ended === true) downloads.delete(sha256);
  }

  return {
    openVerified: async (image, progress = () => {}) => {
      const found = search(image, progress, here.signal);
      const verified = await inTurn(image.sha256, () => findHere(found));
      if (verified === null) throw imageError(image, sources, found.failures);
      return verified;
    },
    confirm: async (image, { handle, path }) => {
      const sha256 = await hashes.of(handle, () => {});
      if (sha256 !== image.sha256) throw digestError(image, path, sha256);
    },
    ensure: (image, progress, fetching = here) => ensure(image, progress, fetching),
  };
}

/** Nobody can end it, and nobody waits for a place meanwhile. */
const here: FetchOptions = {
  signal: new AbortController().signal,
  aside: (work) => work(),
  present: null,
  onDelta: () => {},
};

/** Null when it is not there, or not right: what was wrong is in `search.failures`. A full disk is thrown: no other place helps. */
async function attempt<T>({ failures }: Search, look: () => Promise<T | null>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof RackError) || error.code === 'E_DISK_SPACE') throw error;
    failures.push(error);
    return null;
  }
}

function tell({ progress }: Search, remark: string | null): void {
  if (remark !== null) progress(`warning: ${remark}`);
}

function originOf(source: ImageSource): Origin {
  const name = isRemoteSource(source) ? shownSource(source) : source.path;
  return { source: `${source.kind}:${name}`, verify: source.verify };
}

function isFormat(error: unknown): boolean {
  return error instanceof RackError && (error.code === 'E_IMAGE_FORMAT' || error.code === 'E_IMAGE_SIZE');
}
