/** An image store in a temporary directory that has nothing of its own: what it gives comes from servers on loopback. Mounts nothing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDirectories } from '../../src/host/linux/directories.js';
import {
  createImageStore,
  type ImageStore,
  type ImageStoreOptions,
} from '../../src/host/linux/image-store.js';
import { sha256Hex } from '../../src/lib/index.js';
import {
  type HostPath,
  type HttpSource,
  hostPath,
  type ImageRef,
  type ImageSource,
  type Layout,
  layoutOf,
  openAccess,
  type RegistrySource,
  type SourceAccess,
} from '../../src/model/index.js';
import { ImageServer } from './image-server.js';
import { scratchDirectory } from './scratch.js';

/** Quick enough for tests: a server stalls that sends less than a kilobyte in 150 ms. */
const quick = {
  pace: { stall: { bytes: 1_024, ms: 150 }, firstPauseMs: 10 },
  headerTimeoutMs: 3_000,
  maxBytes: 50_000_000,
};

export class FetchRig {
  readonly #servers: ImageServer[] = [];

  private constructor(
    readonly directory: string,
    readonly layout: Layout,
  ) {}

  static async create(): Promise<FetchRig> {
    const directory = scratchDirectory();
    const path = (name: string): HostPath => hostPath(join(directory, name));
    const layout = layoutOf({ root: path('racks'), state: path('state'), run: path('run') });
    await ensureDirectories(layout);
    return new FetchRig(directory, layout);
  }

  /** Ended with the rig. */
  async server(tls: Parameters<typeof ImageServer.start>[0] = null): Promise<ImageServer> {
    const server = await ImageServer.start(tls);
    this.#servers.push(server);
    return server;
  }

  /** A store as a process started anew has it. */
  store(sources: readonly ImageSource[], options: Partial<ImageStoreOptions> = {}): ImageStore {
    return createImageStore({ ...quick, layout: this.layout, sources, ...options });
  }

  /** A file of root's, 0600 unless said otherwise. */
  async secret(name: string, text: string, mode = 0o600): Promise<HostPath> {
    const path = hostPath(join(this.directory, name));
    await writeFile(path, text, { mode });
    return path;
  }

  /** What the store keeps: copies and downloads that are under way, sorted. */
  kept(): readonly string[] {
    const directory = join(this.layout.iso, '.store');
    return existsSync(directory) ? readdirSync(directory).sort() : [];
  }

  /** The stored image's sha256, null when it is not there. */
  stored(image: ImageRef): string | null {
    const path = join(this.layout.iso, '.store', image.sha256);
    return existsSync(path) ? sha256Hex(readFileSync(path)) : null;
  }

  partialPath(image: ImageRef): string {
    return join(this.layout.iso, '.store', `${image.sha256}.partial`);
  }

  /** The image is not here any more. */
  async forget(image: ImageRef): Promise<void> {
    await rm(join(this.layout.iso, '.store', image.sha256), { force: true });
  }

  async dispose(): Promise<void> {
    for (const server of this.#servers) await server.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** The image is on the server; what a definition says of it. */
export function serve(server: ImageServer, file: string, bytes: Buffer): ImageRef {
  server.files.set(file, bytes);
  return { file, sha256: sha256Hex(bytes) };
}

export function httpSource(
  urls: string | readonly string[],
  access: Partial<SourceAccess> = {},
  more: Partial<HttpSource> = {},
): HttpSource {
  return {
    kind: 'http',
    urls: typeof urls === 'string' ? [urls] : urls,
    access: { ...openAccess, insecure: true, ...access },
    delta: 'none',
    verify: null,
    ...more,
  };
}

export function registrySource(
  host: string,
  repository: string,
  access: Partial<SourceAccess> = {},
  more: Partial<RegistrySource> = {},
): RegistrySource {
  return {
    kind: 'registry',
    host,
    repository,
    access: { ...openAccess, insecure: true, ...access },
    realms: [],
    verify: null,
    ...more,
  };
}
