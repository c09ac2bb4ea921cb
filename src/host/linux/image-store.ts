/**
 * The image store: which file stands for an image, and the proof that its bytes are the ones the definition names, signed where that is asked for. A root-owned file in `iso` that nobody else can write is
 * used where it is; anything else is copied first, because what others can change after the check proves nothing; what no directory has is downloaded.
 */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { oneAtATime } from '../../lib/index.js';
import {
  type DirectorySource,
  type ImageRef,
  type ImageSource,
  isRemoteSource,
  type Layout,
  RackError,
  under,
} from '../../model/index.js';
import type { FetchOptions, Images } from '../image-ports.js';
import { openSeed } from './delta/open-seed.js';
import { createFetcher, type FetcherOptions } from './fetch/fetcher.js';
import { discardPartial, sweepPartials } from './fetch/partial.js';
import { shownSource } from './fetch/place.js';
import type { Place } from './fetch/places.js';
import { copyToFile } from './image-copy.js';
import { isOurs, openImage, readSignature } from './image-file.js';
import { createImageHashes } from './image-hashes.js';
import { digestError, imageError, placeError } from './image-verdict.js';
import { createSignatures, type Origin } from './signatures.js';
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
interface Search {
  readonly image: ImageRef;
  readonly progress: Progress;
  readonly failures: RackError[];
}

export function createImageStore(options: ImageStoreOptions): ImageStore {
  const { layout, sources, concurrent = 2, maxBytes = Number.MAX_SAFE_INTEGER } = options;
  const copies = under(layout.iso, '.store');
  const hashes = createImageHashes(layout);
  const signatures = createSignatures(layout);
  const fetcher = createFetcher({ ...options, hashes, concurrent, maxBytes });
  const remotes = sources.filter(isRemoteSource);
  /** With no source that asks for signatures, where an image once came from does not matter. */
  const signing = sources.some(({ verify }) => verify !== null);
  /** Racks that share an image ask for it at the same moment: it is hashed and copied once. */
  const inTurn = oneAtATime();
  /** By sha256. Whoever needs the same image waits for the same download; one that has ended stays until somebody was told how. */
  const downloads = new Map<string, Download>();
  let swept = false;

  const copyPath = (image: ImageRef): string => join(copies, image.sha256);
  const partialPath = (image: ImageRef): string => `${copyPath(image)}.partial`;

  /** The copy in the store, when it is there and right. */
  async function openCopy({ image, progress }: Search): Promise<FileHandle | null> {
    const handle = await openImage(copyPath(image));
    if (handle === null) return null;
    if ((await hashes.of(handle, progress)) === image.sha256) return handle;
    await handle.close();
    return null;
  }

  async function isAdmitted(image: ImageRef): Promise<boolean> {
    if (!signing) return true;
    for (const source of sources) if (await signatures.isKnown(image, originOf(source))) return true;
    return false;
  }

  async function admit(
    search: Search,
    source: ImageSource,
    handle: FileHandle,
    signature: string | null,
    where: string,
  ): Promise<void> {
    if (!signing) return;
    const remark = await signatures.admit(search.image, originOf(source), handle, signature, where);
    if (remark !== null) search.progress(`warning: ${remark}`);
  }

  async function copyIn(from: FileHandle, { image, progress }: Search): Promise<FileHandle> {
    await mkdir(copies, { recursive: true, mode: 0o700 });
    const temporary = `${copyPath(image)}.copying`;
    const copied = await copyToFile(from, temporary, image, progress);
    try {
      const sha256 = await hashes.of(copied, progress);
      if (sha256 !== image.sha256) throw digestError(image, temporary, sha256);
    } catch (error) {
      await copied.close();
      await rm(temporary, { force: true });
      throw error;
    }
    await keep(temporary, copied, image);
    return copied;
  }

  /** From here on it is the store's copy. */
  async function keep(temporary: string, handle: FileHandle, image: ImageRef): Promise<void> {
    await rename(temporary, copyPath(image));
    await hashes.renamed(handle, image.sha256);
    const directory = await open(copies, 'r');
    await directory.sync().finally(() => directory.close());
  }

  async function fromDirectory(source: DirectorySource, search: Search): Promise<Verified | null> {
    const { image, progress } = search;
    const path = join(source.path, image.file);
    const handle = await openImage(path);
    if (handle === null) return null;
    try {
      const sha256 = await hashes.of(handle, progress);
      if (sha256 !== image.sha256) throw digestError(image, path, sha256);
      await checkSquashfs(handle, image.file);
      if (signing && !(await signatures.isKnown(image, originOf(source)))) {
        const signature = source.verify === null ? null : await readSignature(`${path}.minisig`);
        await admit(search, source, handle, signature, path);
      }
      if (source.path === layout.iso && (await isOurs(handle))) return { handle, path };
      const copied = await copyIn(handle, search);
      await handle.close();
      return { handle: copied, path: copyPath(image) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** What is on this host already, null when nothing is right. What was wrong is in `search.failures`. */
  async function findHere(search: Search): Promise<Verified | null> {
    const { image, failures } = search;
    const copy = await openCopy(search);
    if (copy !== null) {
      if (await isAdmitted(image)) return { handle: copy, path: copyPath(image) };
      await copy.close();
    }
    for (const source of sources) {
      if (isRemoteSource(source)) continue;
      try {
        const found = await fromDirectory(source, search);
        if (found === null) continue;
        await discardPartial(partialPath(image));
        return found;
      } catch (error) {
        if (!(error instanceof RackError) || error.code === 'E_DISK_SPACE') throw error;
        failures.push(error);
      }
    }
    return null;
  }

  /** The image is in the store afterwards. */
  async function download(search: Search, fetching: FetchOptions): Promise<void> {
    const { signal } = fetching;
    await mkdir(copies, { recursive: true, mode: 0o700 });
    if (!swept) await sweepPartials(copies, Date.now());
    swept = true;
    for (const source of remotes) {
      for (const place of fetcher.places(source, search.image)) {
        try {
          return await fromPlace(source, place, search, fetching);
        } catch (error) {
          signal.throwIfAborted();
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
    { signal, present, onDelta }: FetchOptions,
  ): Promise<void> {
    const { image, progress } = search;
    const path = partialPath(image);
    // A copy that is here and lacks only the proof of a signature is not downloaded again.
    const copy = source.verify === null ? null : await openCopy(search);
    const seed = copy === null && place.hasDelta ? await openSeed(layout, image, present) : null;
    const handle =
      copy ??
      (await fetcher
        .fetch(place, image, { path, seed, onDelta, progress, signal })
        .finally(() => seed?.close()));
    try {
      await checkSquashfs(handle, image.file);
      const signature = source.verify === null ? null : await fetcher.signature(place, signal);
      await admit(search, source, handle, signature, place.label);
      if (copy === null) await keep(path, handle, image);
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

  function search(image: ImageRef, progress: Progress): Search {
    if (basename(image.file) !== image.file) throw imageError(image, [], []);
    return { image, progress, failures: [] };
  }

  async function ensure(image: ImageRef, progress: Progress, fetching: FetchOptions): Promise<void> {
    const { aside } = fetching;
    const found = search(image, progress);
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
      const found = search(image, progress);
      const here = await inTurn(image.sha256, () => findHere(found));
      if (here === null) throw imageError(image, sources, found.failures);
      return here;
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

function originOf(source: ImageSource): Origin {
  const name = isRemoteSource(source) ? shownSource(source) : source.path;
  return { source: `${source.kind}:${name}`, verify: source.verify };
}

function isFormat(error: unknown): boolean {
  return error instanceof RackError && (error.code === 'E_IMAGE_FORMAT' || error.code === 'E_IMAGE_SIZE');
}
