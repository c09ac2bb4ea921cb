/**
 * An image by what it has in common with an older one on this host: the control file comes from the source, zsync finds the blocks that are here, the others come from the source again. What comes of it is an image when its
 * sha256 says so, and not because zsync does.
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorMessage, formatBytes } from '../../../lib/index.js';
import { hostPath, type ImageRef } from '../../../model/index.js';
import type { DeltaOutcome } from '../../image-ports.js';
import type { Pace } from '../fetch/body.js';
import { workroomPath } from '../fetch/partial.js';
import type { OpenPlace, Place } from '../fetch/places.js';
import { keptConnections } from '../fetch/request.js';
import { needSpace, whileSpaceLasts } from '../free-space.js';
import type { ImageHashes } from '../image-hashes.js';
import { ownHead } from './control.js';
import { type Control, readControl } from './fetch-control.js';
import { servePartsOf } from './part-server.js';
import { ahead, createParts, type Parts } from './parts.js';
import { tried } from './tries.js';
import { openWorkroom, type Workroom } from './workroom.js';
import { runZsync } from './zsync.js';

const tellEveryMs = 1_000;

export interface DeltaSpec {
  readonly place: Place;
  readonly image: ImageRef;
  /** The old image, open for reading; stays open. */
  readonly seed: FileHandle;
  /** Where the image is wanted. What a download has brought there counts as an old image, and stays when nothing comes of it. */
  readonly path: string;
  readonly hashes: ImageHashes;
  readonly maxBytes: number;
  readonly pace: Pace;
  readonly headerTimeoutMs?: number;
  readonly progress: (detail: string) => void;
  readonly signal: AbortSignal;
}

/** `handle`: at `path`, its sha256 is right, it is on disk; the caller closes it. */
export type Delta =
  | (Extract<DeltaOutcome, { kind: 'fetched' }> & { readonly handle: FileHandle })
  | Exclude<DeltaOutcome, { kind: 'fetched' }>;

/** Whatever goes wrong is an outcome, but for a bug. Throws the signal's reason. Of anything but `fetched` nothing is left. */
export async function fetchDelta(spec: DeltaSpec): Promise<Delta> {
  const ending = new AbortController();
  const signal = AbortSignal.any([spec.signal, ending.signal]);
  const { headerTimeoutMs } = spec;
  const where = { place: spec.place.label };
  try {
    const opened = await spec.place.open({
      signal,
      connections: keptConnections(ahead + 1, signal),
      ...(headerTimeoutMs === undefined ? {} : { headerTimeoutMs }),
    });
    const control = await tried(
      async () => {
        const answer = await opened.control();
        return answer === null ? null : await readControl(answer, spec.maxBytes, spec.pace);
      },
      spec.pace,
      signal,
    );
    if (control === null) return { kind: 'absent', ...where };
    const made = await assemble(spec, opened, control, signal, (reason) => ending.abort(reason));
    return { kind: 'fetched', ...where, ...made };
  } catch (error) {
    spec.signal.throwIfAborted();
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    return { kind: 'failed', ...where, why: errorMessage(error) };
  } finally {
    ending.abort();
  }
}

async function assemble(
  spec: DeltaSpec,
  opened: OpenPlace,
  { head, sums }: Control,
  signal: AbortSignal,
  end: (reason: unknown) => void,
): Promise<{ readonly handle: FileHandle; readonly fetchedBytes: number; readonly wholeBytes: number }> {
  const store = hostPath(dirname(spec.path));
  await needSpace(store, head.length);
  const parts = createParts({ ask: opened.image, total: head.length, pace: spec.pace, signal });
  const server = await servePartsOf(parts, head.length, end);
  try {
    const control = [Buffer.from(ownHead(head, server.url), 'latin1'), ...sums];
    const room = await openWorkroom(workroomPath(spec.path), control);
    try {
      await whileSpaceLasts(store, signal, (whileSpace) =>
        work({ spec, room, parts, end, network: server.network, head, signal: whileSpace }),
      );
      const handle = await room.take(head.length);
      if (handle === null) throw new Error('zsync made no file of the right size');
      try {
        const [sha256] = await Promise.all([spec.hashes.of(handle, spec.progress, signal), handle.sync()]);
        if (sha256 !== spec.image.sha256)
          throw new Error(`the image made of its blocks has another sha256 (${sha256})`);
        // What the server called an earlier download is not said of this one.
        await rm(`${spec.path}.etag`, { force: true });
        await room.moveTo(spec.path);
      } catch (error) {
        await handle.close();
        throw error;
      }
      return { handle, fetchedBytes: parts.fetchedBytes(), wholeBytes: head.length };
    } finally {
      await room.close();
    }
  } finally {
    await server.close();
  }
}

interface Work {
  readonly spec: DeltaSpec;
  readonly room: Workroom;
  readonly parts: Parts;
  readonly network: string;
  readonly head: Control['head'];
  readonly signal: AbortSignal;
  readonly end: (reason: unknown) => void;
}

/** zsync has ended well. Throws why not. */
async function work({ spec, room, parts, network, head, signal, end }: Work): Promise<void> {
  const begun = await open(spec.path, 'r').catch(() => null);
  const seeds = begun === null ? [spec.seed] : [spec.seed, begun];
  const sizes = await Promise.all(seeds.map(async (seed) => (await seed.stat()).size));
  const seedBytes = sizes.reduce((sum, size) => sum + size, 0);
  const reading = new AbortController();
  let read = 0;
  const feeding = room
    .feed(seeds, AbortSignal.any([signal, reading.signal]), (bytes) => {
      read += bytes;
    })
    .catch(end);
  const timer = setInterval(() => {
    const fetched = formatBytes(parts.fetchedBytes());
    spec.progress(`${formatBytes(read)} of ${formatBytes(seedBytes)} here compared, ${fetched} downloaded`);
  }, tellEveryMs);
  try {
    const ended = await runZsync({ workroom: room.path, network, head, seedBytes, signal });
    if (ended.exitCode !== 0) throw new Error(ended.explain);
  } finally {
    clearInterval(timer);
    reading.abort();
    await feeding;
    await begun?.close();
  }
}
