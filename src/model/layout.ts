/**
 * Where things are on the host (`design.md` section 2). Names only; nothing here touches the file system.
 * All parts of a name are validated before they come here: no `, : \` or white space, because they end up in mount options.
 */
import type { HostConfig } from './host-config.js';
import type { LayerName } from './layers.js';
import { type HostPath, under } from './paths.js';

export interface Layout {
  readonly root: HostPath;
  readonly state: HostPath;
  readonly run: HostPath;
  /** `/racks/iso`: image files. */
  readonly iso: HostPath;
  readonly readonly: HostPath;
  readonly readwrite: HostPath;
  readonly active: HostPath;
  readonly share: HostPath;
}

export function layoutOf(config: Pick<HostConfig, 'root' | 'state' | 'run'>): Layout {
  const { root, state, run } = config;
  return {
    root,
    state,
    run,
    iso: under(root, 'iso'),
    readonly: under(root, 'readonly'),
    readwrite: under(root, 'readwrite'),
    active: under(root, 'active'),
    share: under(root, 'share'),
  };
}

/** Mount point of an image, shared by racks that use the same digest. */
export function imageMountPath(layout: Layout, sha256: string): HostPath {
  return under(layout.readonly, sha256);
}

/** Merged tree of a rack. */
export function treePath(layout: Layout, rack: string): HostPath {
  return under(layout.active, rack);
}

/** The directory of a rack that a backup needs: its layers are `1/`, `2/` … in it. */
export function dataPath(layout: Layout, rack: string): HostPath {
  return under(layout.readwrite, rack);
}

export function layerPath(layout: Layout, rack: string, layer: number | LayerName): HostPath {
  return under(layout.readwrite, rack, String(layer));
}

/** Says which layers are in use and what the sealed ones are; there only for racks that ever sealed one. */
export function manifestPath(layout: Layout, rack: string): HostPath {
  return under(layout.readwrite, rack, 'layers.json');
}

/** What a rollout or a reset took out of the writable layer, by the id of the rollout: kept until a purge. */
export function asidePath(layout: Layout, rack: string, id: string): HostPath {
  return under(layout.readwrite, rack, 'set-aside', id);
}

/** Where a merged layer is built before it is renamed into place. */
export function mergingPath(layout: Layout, rack: string): HostPath {
  return under(layout.readwrite, '.merging', rack);
}

export function overlayWorkPath(layout: Layout, rack: string, layer: number): HostPath {
  return under(layout.readwrite, '.work', rack, String(layer));
}

/** Squashfs file of a generation's generated layer: its loop device is the token of life of that generation's overlay. */
export function generatedLayerFile(layout: Layout, rack: string, generation: number): HostPath {
  return under(layout.run, 'layers', `${rack}.${generation}.squashfs`);
}

/** Where the generated layer is mounted for the moment that the overlay mount takes. */
export function generatedLayerMount(layout: Layout, rack: string, generation: number): HostPath {
  return under(layout.run, 'layers', `${rack}.${generation}`);
}

/** Where the tree of a generation is looked into before it is mounted. Beside the generated layers, so that what a killed agent leaves is swept with them. */
export function previewMount(layout: Layout, rack: string, generation: number): HostPath {
  return generatedLayerMount(layout, `${rack}.preview`, generation);
}

/** Runtime bundles and materialised files of one generation of a rack (0700, tmpfs where /run is one: secrets are in it). */
export function bundlesPath(layout: Layout, rack: string, generation: number): HostPath {
  return under(layout.run, 'bundles', rack, String(generation));
}

/** Rotated output of one service. */
export function serviceLogPath(layout: Layout, rack: string, service: string): HostPath {
  return under(layout.state, 'logs', rack, `${service}.log`);
}

/** Source string of a tree in mountinfo: its identity. */
export function treeSource(rack: string, generation: number, digest: string): string {
  return `rack:${rack}:${generation}:${digest.replace('sha256:', '')}`;
}

/** Digits of the digest that the first rackops wrote into a source string. */
const oldDigits = 32;

/** True when the source string is that tree's, also as the first rackops wrote it: an upgrade of the agent restarts no rack. */
export function isTreeSource(source: string, rack: string, generation: number, digest: string): boolean {
  const whole = treeSource(rack, generation, digest);
  return source === whole || source === whole.slice(0, whole.lastIndexOf(':') + 1 + oldDigits);
}
