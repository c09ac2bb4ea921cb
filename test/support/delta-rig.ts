/** Two versions of an image that share most of their blocks, their control file by the real zsyncmake, and an image store that has the older one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeltaOutcome, FetchOptions } from '../../src/host/index.js';
import { sha256Hex } from '../../src/lib/index.js';
import type { HttpSource, ImageRef } from '../../src/model/index.js';
import { FetchRig, httpSource, serve } from './fetch-rig.js';
import type { ImageServer } from './image-server.js';

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
    const file = join(this.fetch.directory, this.next.image.file);
    const out = `${file}.zsync`;
    writeFileSync(file, this.next.bytes);
    execFileSync('zsyncmake', [...options, '-o', out, file], { stdio: 'pipe', cwd: this.fetch.directory });
    return readFileSync(out);
  }

  /** The newer one is asked for, of a source with these modes of the server. */
  async ensure(
    modes: readonly string[] = ['good'],
    more: Partial<HttpSource> = {},
    fetching: Partial<FetchOptions> = {},
  ): Promise<void> {
    const source = httpSource(
      modes.map((mode) => this.server.url(mode)),
      {},
      { delta: 'zsync', ...more },
    );
    await this.fetch
      .store([source])
      .ensure(this.next.image, (detail) => this.progress.push(detail), this.options(fetching));
  }

  options(fetching: Partial<FetchOptions> = {}): FetchOptions {
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

/** A squashfs of these files, as mksquashfs packs them for a rack. */
export function squashfs(directory: string, files: Readonly<Record<string, Buffer>>): Buffer {
  const tree = join(directory, 'tree');
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), bytes);
  }
  const out = join(directory, 'packed');
  const options = ['-noappend', '-no-progress', '-comp', 'zstd', '-b', '131072', '-all-time', '0'];
  execFileSync('mksquashfs', [tree, out, ...options], { stdio: 'pipe' });
  return readFileSync(out);
}

/** Bytes that no packing makes smaller; always the same for one seed. */
export function noise(bytes: number, seed: string): Buffer {
  const all: Buffer[] = [];
  for (let at = 0; at * 32 < bytes; at++) all.push(Buffer.from(sha256Hex(`${seed} ${at}`), 'hex'));
  return Buffer.concat(all).subarray(0, bytes);
}
