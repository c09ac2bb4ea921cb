/**
 * What is on the imagined machine: plain mutable values, shared by the ports (which act on them) and the test's handle (which disturbs them).
 * No behaviour of ports here; only what several of them need to ask.
 */
import {
  type Holder,
  hostPath,
  type ImageRef,
  isRehearsal,
  type LayerManifest,
  type LayerName,
  type Layout,
  type ListenAddress,
  layoutOf,
  RackError,
  rackOfName,
  type ShadowFacts,
  treeSource,
} from '../../model/index.js';
import type { MemoryService } from './service.js';

export interface MemoryTree {
  readonly generation: number;
  readonly digest: string;
  /** Newest first. */
  readonly layers: readonly LayerName[];
  readonly imageSha256: string;
  /** False: somebody mounted it anew by hand, with other options or twice. */
  asMade: boolean;
  /** Something that is not ours at a rack's place. */
  readonly foreign: boolean;
}

export interface MemoryData {
  /** Tells whether it is still the same directory. */
  readonly id: number;
  /** What was written into each layer, oldest first. */
  readonly layers: Map<LayerName, readonly string[]>;
  manifest: LayerManifest | 'unreadable' | null;
  bytes: number;
  /** Something is mounted in it: it must not be deleted. */
  mounted: boolean;
}

export interface HeldSocket {
  readonly rack: string;
  readonly listen: ListenAddress;
}

/** How a service behaves, by the image (and name) it was started from. */
export type Behaviour =
  /** Healthy at once, or after so long. The default. */
  | { readonly kind: 'runs'; readonly healthyAfterMs?: number }
  /** The runtime refuses it. */
  | { readonly kind: 'never starts'; readonly message?: string }
  /** Ends by itself, every time; healthy meanwhile. */
  | { readonly kind: 'exits'; readonly afterMs: number; readonly code: number }
  /** Runs; every probe fails. */
  | { readonly kind: 'unhealthy'; readonly message?: string }
  /** Healthy, then ends with code 1: the same as `exits`, named for what it tests. */
  | { readonly kind: 'dies during bake'; readonly afterMs: number }
  /** Healthy, then every probe fails. */
  | { readonly kind: 'sickens'; readonly afterMs: number }
  /** Healthy; takes no notice of its stop signal, or has no handler for it. */
  | { readonly kind: 'ignores stop'; readonly unhandled?: boolean };

export class MemoryState {
  readonly layout: Layout = layoutOf({
    root: hostPath('/racks'),
    state: hostPath('/var/lib/rackops'),
    run: hostPath('/run/rackops'),
  });
  /** Image files by name. */
  readonly store = new Map<string, ImageRef>();
  /** Mounted images by sha256. */
  readonly images = new Map<string, { asMade: boolean }>();
  readonly trees = new Map<string, MemoryTree>();
  /** Generated layer files, `<rack>.<generation>`; gone at a reboot. */
  readonly layers = new Set<string>();
  /** Generated layers left mounted by a crash. */
  readonly strayLayers = new Set<string>();
  /** Views, by the rack whose live data they show. */
  readonly rehearsals = new Map<string, { readonly imageSha256: string; readonly isCopy: boolean }>();
  /** What was run in services, `web/main: freeze`, and which live data were copied, in order. */
  readonly commands: string[] = [];
  /** Programs that fail in services. */
  /** How often each still fails. */
  readonly failingPrograms = new Map<string, number>();
  readonly hangingPrograms = new Map<string, () => void>();
  /** Every view is out of space. */
  viewsFull = false;
  /** Every view shows a file that was written meanwhile. */
  viewsTorn = false;
  readonly data = new Map<string, MemoryData>();
  /** Bundles, `<rack>.<generation>/<service>`; gone at a reboot. */
  readonly bundles = new Set<string>();
  readonly holders = new Map<string, Holder[]>();
  /** Whoever keeps a dead tree alive in another mount namespace. */
  readonly leaks = new Map<string, Holder[]>();
  /** Racks whose old tree was unmounted and lives on. */
  readonly living = new Set<string>();
  readonly services = new Map<string, MemoryService>();
  /** By address. */
  readonly sockets = new Map<string, HeldSocket>();
  /** Addresses taken by programs that are not ours, with their owner. */
  readonly occupied = new Map<string, string>();
  /** Services that outlived their keeper. */
  readonly orphans = new Map<string, MemoryService>();
  keeper: 'running' | 'absent' | 'frozen' = 'absent';
  diskFull = false;
  /** By file name: image files that cannot be read to their end before this. */
  readonly slowImages = new Map<string, Promise<void>>();
  /** File names of images that are downloaded: they are here once the promise is fulfilled. */
  readonly downloads = new Map<string, Promise<void>>();
  /** Host files and directories that definitions ask for and that are not there. */
  readonly missingPaths = new Set<string>();
  readonly behaviours = new Map<string, Behaviour>();
  /** What services of an image write into their tree when they start, by sha256. */
  readonly writings = new Map<string, string>();
  /** By rack: what its writable layer hides of the next image, by path, and why that is not all. */
  readonly shadows = new Map<
    string,
    { readonly facts: Readonly<Record<string, ShadowFacts>>; readonly why: string }
  >();
  /** By rollout: what it took out of the writable layer. */
  readonly aside = new Map<string, Readonly<Record<string, ShadowFacts>>>();
  /** Rollouts that made what takes the place of files. */
  readonly replacements = new Set<string>();
  /** Where a rehearsal differs from the life that it rehearses. */
  readonly rehearsedBehaviours = new Map<string, Behaviour>();
  boot = 1;
  #nextId = 1;
  nextPid = 1_000;

  /** Error: E_LAYER_MISSING naming the first that is not there. */
  refuseMissingLayers(rack: string, sealed: readonly LayerName[]): void {
    const missing = sealed.find((name) => this.data.get(rack)?.layers.has(name) !== true);
    if (missing === undefined) return;
    throw new RackError(
      'E_LAYER_MISSING',
      `cannot use the data of "${rack}": sealed layer ${missing} is not there`,
      {
        rack,
        hint: 'put it back from a backup',
      },
    );
  }

  /** The layer exists, and the directory that it is in. */
  ensureLayer(rack: string, layer: number): MemoryData {
    const data = this.data.get(rack) ?? {
      id: this.nextDataId(),
      layers: new Map<LayerName, readonly string[]>(),
      manifest: null,
      bytes: 4_096,
      mounted: false,
    };
    if (!data.layers.has(String(layer))) data.layers.set(String(layer), []);
    this.data.set(rack, data);
    return data;
  }

  /** Into the topmost layer of the rack's mounted tree; once is enough. */
  write(rack: string, text: string): void {
    const [top] = this.trees.get(rack)?.layers ?? [];
    const layers = this.data.get(rack)?.layers;
    if (top === undefined || layers === undefined) throw new Error(`no tree of ${rack} to write to`);
    const texts = layers.get(top) ?? [];
    if (!texts.includes(text)) layers.set(top, [...texts, text]);
  }

  nextDataId(): number {
    return this.#nextId++;
  }

  /** `name`: the rack's or its rehearsal's. */
  behaviourOf(name: string, imageSha256: string, service: string): Behaviour {
    const rehearsed = isRehearsal(name) ? this.rehearsedBehaviours.get(imageSha256) : undefined;
    return (
      rehearsed ??
      this.behaviours.get(`${imageSha256}/${service}`) ??
      this.behaviours.get(imageSha256) ?? { kind: 'runs' }
    );
  }

  /** The digest's hex digits, as the source string of a real tree shows them. */
  shownDigest(rack: string, tree: MemoryTree): string {
    return treeSource(rack, tree.generation, tree.digest).split(':')[3] ?? '';
  }

  /** Image of the tree that services of that name run in; undefined when none of ours is mounted. */
  imageUnder(name: string): string | undefined {
    if (isRehearsal(name)) return this.rehearsals.get(rackOfName(name))?.imageSha256;
    const tree = this.trees.get(name);
    return tree?.foreign === false ? tree.imageSha256 : undefined;
  }

  isImageUsed(sha256: string): boolean {
    for (const view of this.rehearsals.values()) if (view.imageSha256 === sha256) return true;
    for (const tree of this.trees.values()) if (tree.imageSha256 === sha256) return true;
    return false;
  }

  /** All that lives in memory and /run is gone; what is on disk stays. */
  reboot(): void {
    this.boot++;
    const volatile = [this.images, this.trees, this.layers, this.strayLayers, this.bundles, this.rehearsals];
    for (const collection of volatile) collection.clear();
    for (const collection of [this.holders, this.leaks, this.living, this.sockets]) collection.clear();
    this.services.clear();
    this.orphans.clear();
    this.keeper = 'absent';
  }
}
