/** Which mounts of the table are ours, and whether they are as we make them. Pure over mount records. */
import type { LayerName, Layout, ObservedImage, ObservedTree } from '../../model/index.js';
import { dataPath, isRehearsal, under } from '../../model/index.js';
import { type MountRecord, optionValue } from './mountinfo.js';

export interface ObservedMounts {
  readonly images: readonly ObservedImage[];
  readonly trees: readonly ObservedTree[];
  readonly strayLayers: readonly string[];
}

/** Overlay features that would tie the writable layer to one image; the kernel's default may be on, so ours are always off. */
const forbidden = [
  'index=on',
  'metacopy=on',
  'redirect_dir=on',
  'redirect_dir=follow',
  'xino=on',
  'nfs_export=on',
  'volatile',
];

export function observeMounts(records: readonly MountRecord[], layout: Layout): ObservedMounts {
  const images = new Map<string, ObservedImage>();
  const trees = new Map<string, ObservedTree>();
  const strayLayers: string[] = [];
  const readonlyPrefix = `${layout.readonly}/`;
  const activePrefix = `${layout.active}/`;
  const layersPrefix = `${under(layout.run, 'layers')}/`;
  for (const record of records) {
    const { mountPoint } = record;
    if (mountPoint.startsWith(readonlyPrefix)) {
      const name = mountPoint.slice(readonlyPrefix.length);
      if (/^[0-9a-f]{64}$/.test(name))
        images.set(name, { sha256: name, asMade: !images.has(name) && isImage(record) });
    } else if (mountPoint.startsWith(activePrefix)) {
      const rack = mountPoint.slice(activePrefix.length);
      if (!rack.includes('/') && !isRehearsal(rack))
        trees.set(rack, observedTree(rack, record, trees.has(rack), layout));
    } else if (mountPoint.startsWith(layersPrefix)) {
      strayLayers.push(mountPoint.slice(layersPrefix.length));
    }
  }
  return { images: [...images.values()], trees: [...trees.values()], strayLayers };
}

function isImage(record: MountRecord): boolean {
  // nosuid and nodev tell our mount from one that somebody made by hand, of bytes that nobody verified.
  const flags = ['ro', 'nosuid', 'nodev'].every((flag) => record.options.includes(flag));
  return record.type === 'squashfs' && flags && record.source.startsWith('/dev/loop');
}

function observedTree(rack: string, record: MountRecord, isSecond: boolean, layout: Layout): ObservedTree {
  const [kind, name, generation, digest] = record.source.split(':');
  const isOurs =
    record.type === 'overlay' && kind === 'rack' && name === rack && /^\d+$/.test(generation ?? '');
  if (!isOurs) return { rack, generation: null, digest: null, layers: [], asMade: false };
  const upper = optionValue(record.superOptions, 'upperdir');
  const asMade =
    !isSecond &&
    upper?.startsWith(`${dataPath(layout, rack)}/`) === true &&
    !record.superOptions.some((option) => forbidden.includes(option)) &&
    record.options.includes('nosuid') &&
    record.options.includes('nodev') &&
    !record.options.includes('ro');
  const layers = mountedLayers(record, rack, layout);
  return { rack, generation: Number(generation), digest: digest ?? '', layers, asMade };
}

/** Layers of the rack that the overlay is made of, newest first. */
export function mountedLayers(record: MountRecord, rack: string, layout: Layout): readonly LayerName[] {
  const prefix = `${dataPath(layout, rack)}/`;
  const upper = optionValue(record.superOptions, 'upperdir') ?? '';
  const lower = optionValue(record.superOptions, 'lowerdir') ?? '';
  return [upper, ...lower.split(':')].flatMap((path) =>
    path.startsWith(prefix) ? [path.slice(prefix.length)] : [],
  );
}
