/** Two versions of an image that share most of their blocks, their control file by the real zsyncmake, and an image store that has the older one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { DeltaOutcome, FetchOptions } from '../../src/host/index.js';
import type { ImageStoreOptions } from '../../src/host/linux/image-store.js';
import { sha256Hex } from '../../src/lib/index.js';
import type { HttpSource, ImageRef } from '../../src/model/index.js';
import { FetchRig, httpSource, serve } from './fetch-rig.js';
import type { ImageServer } from './image-server.js';
import { scratchDirectory } from './scratch.js';

export interface Version {
  readonly image: ImageRef;
  readonly bytes: Buffer;
}

export class DeltaRig {
  readonly told: DeltaOutcome[] = [];
  readonly progress: string[] = [];

  private constructor(
    readonly fetch: FetchRig,
    readonly server: ImageServer,
    readonly old: Version,
    readonly next: Version,
  ) {}

  /** Both are on the server, the control file too; the older one is in the store. */
  static async create(versions: readonly [Buffer, Buffer]): Promise<DeltaRig> {
    const fetch = await FetchRig.create();
    const server = await fetch.server();
    const version = (file: string, bytes: Buffer): Version => ({ image: serve(server, file, bytes), bytes });
    const old = version('web-1.0.iso', versions[0]);
    const next = version('web-2.0.iso', versions[1]);
    const rig = new DeltaRig(fetch, server, old, next);
    server.files.set('web-2.0.iso.zsync', rig.control(['-Z', '-u', next.image.file]));
    await fetch.store([httpSource(server.url('good'))]).ensure(old.image, () => {});
    server.seen.length = 0;
    server.sent = 0;
    return rig;
  }

  /** What zsyncmake makes of the newer one. */
  control(options: readonly string[] = []): Buffer {
    return this.controlOf(this.next.bytes, this.next.image.file, options);
  }

  controlOf(bytes: Buffer, name: string, options: readonly string[] = []): Buffer {
    const file = join(this.fetch.directory, name);
    writeFileSync(file, bytes);
    execFileSync('zsyncmake', [...options, '-o', `${file}.zsync`, file], { stdio: 'pipe' });
    return readFileSync(`${file}.zsync`);
  }

  /** Bytes that went out to whom the server has served. */
  async sent(): Promise<number> {
    this.server.cut();
    await setImmediate();
    return this.server.sent;
  }

  /** The newer one is asked for, of a source with these modes of the server. */
  async ensure(
    modes: readonly string[] = ['good'],
    more: Partial<HttpSource> = {},
    fetching: Partial<FetchOptions> = {},
    options: Partial<ImageStoreOptions> = {},
  ): Promise<void> {
    const source = httpSource(
      modes.map((mode) => this.server.url(mode)),
      {},
      { delta: 'zsync', ...more },
    );
    await this.fetch
      .store([source], options)
      .ensure(this.next.image, (detail) => this.progress.push(detail), this.options(fetching));
  }

  /** Arguments of fetch-child.ts. */
  child(mode: string): readonly string[] {
    const { file, sha256 } = this.next.image;
    return [this.fetch.directory, this.server.url(mode), file, sha256, 'zsync'];
  }

  private options(fetching: Partial<FetchOptions>): FetchOptions {
    return {
      signal: new AbortController().signal,
      aside: (work) => work(),
      present: this.old.image,
      onDelta: (outcome) => this.told.push(outcome),
      ...fetching,
    };
  }

  async dispose(): Promise<void> {
    await this.fetch.dispose();
  }
}

/** Two squashfs images of a few MiB: one file changed, another added. */
export function versions(): readonly [Buffer, Buffer] {
  const files = {
    'usr/lib/big.so': noise(2_000_000, 'big'),
    'usr/lib/small.so': noise(300_000, 'small'),
    'srv/index.html': Buffer.from('one\n'.repeat(50_000)),
  };
  const changed = { 'srv/index.html': Buffer.from('two\n'.repeat(60_000)) };
  return [squashfs(files), squashfs({ ...files, ...changed, 'usr/lib/added.so': noise(200_000, 'added') })];
}

/** As mksquashfs packs them for a rack. */
function squashfs(files: Readonly<Record<string, Buffer>>): Buffer {
  const directory = scratchDirectory();
  try {
    for (const [path, bytes] of Object.entries(files)) {
      const file = join(directory, 'tree', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    const out = join(directory, 'packed');
    // Without padding: its last block is no whole one.
    const options = [
      '-nopad',
      '-noappend',
      '-no-progress',
      '-comp',
      'zstd',
      '-b',
      '131072',
      '-all-time',
      '0',
    ];
    execFileSync('mksquashfs', [join(directory, 'tree'), out, ...options], { stdio: 'pipe' });
    return readFileSync(out);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Bytes that no packing makes smaller; always the same for one seed. */
export function noise(bytes: number, seed: string): Buffer {
  const all: Buffer[] = [];
  for (let at = 0; at * 32 < bytes; at++) all.push(Buffer.from(sha256Hex(`${seed} ${at}`), 'hex'));
  return Buffer.concat(all).subarray(0, bytes);
}
