/** Which images anything on this host needs, and by which names files without one are known. Reads what is remembered and the mount table. */
import type { Host, ImageFile, MountedImage } from '../host/index.js';
import type { ImageRef } from '../model/index.js';
import type { ImageCandidate, ImageNeed, ImageRole } from '../planning/index.js';
import type { ReadableStore } from '../store/index.js';

export interface ImageDeps {
  readonly host: { readonly storedImages: Pick<Host['storedImages'], 'list' | 'mounted' | 'space'> };
  readonly store: Pick<ReadableStore, 'records' | 'journals' | 'summary' | 'history'>;
}

export interface ImageFacts {
  readonly files: readonly ImageFile[];
  readonly mounted: readonly MountedImage[];
  readonly needs: readonly ImageNeed[];
  readonly space: { readonly freeBytes: number; readonly totalBytes: number };
  candidate(file: ImageFile): ImageCandidate;
}

/** History entries that are looked at for names and for the version before: what is older is no way back. */
const historyLimit = 2_000;

export async function imageFacts({ host, store }: ImageDeps): Promise<ImageFacts> {
  const [files, mounted, space, records, journals, summary, history] = await Promise.all([
    host.storedImages.list(),
    host.storedImages.mounted(),
    host.storedImages.space(),
    store.records(),
    store.journals(),
    store.summary(),
    store.history(null, historyLimit),
  ]);
  const needs: ImageNeed[] = [];
  const names = new Map<string, string[]>();
  const know = ({ sha256, file }: ImageRef): void => {
    const known = names.get(sha256) ?? [];
    if (!known.includes(file)) names.set(sha256, [...known, file]);
  };
  const need = (image: ImageRef, role: ImageRole, rack: string): void => {
    know(image);
    needs.push({ sha256: image.sha256, file: image.file, role, rack });
  };
  for (const { rack, committed } of records) if (committed) need(committed.desired.image, 'runs', rack);
  for (const { rack, from, to } of journals) {
    need(to.desired.image, 'rollout', rack);
    if (from !== null) need(from.desired.image, 'rollout', rack);
  }
  for (const { name, image } of summary?.racks ?? []) need(image, 'desired', name);
  for (const { rack, committed } of records) {
    if (committed === null) continue;
    const { sha256 } = committed.desired.image;
    const before = [...history]
      .reverse()
      .find(
        (entry) =>
          entry.rack === rack && entry.toImage?.sha256 === sha256 && isOther(entry.fromImage, sha256),
      );
    if (before?.fromImage) need(before.fromImage, 'previous', rack);
  }
  for (const { fromImage, toImage } of [...history].reverse())
    for (const image of [toImage, fromImage]) if (image !== null) know(image);
  for (const { sha256 } of mounted) {
    const isKnown = needs.some((known) => known.sha256 === sha256);
    if (!isKnown) needs.push({ sha256, file: names.get(sha256)?.[0] ?? sha256, role: 'mounted', rack: null });
  }
  const candidate = (image: ImageFile): ImageCandidate => {
    const { path, file, sha256, sizeBytes, sinceMs, ours } = image;
    const known = file === null ? (names.get(sha256 ?? '') ?? []) : [file];
    // A mount whose file nobody knows may be of this one.
    const isMounted = mountOf(image, mounted) !== null || mounted.some(({ inode }) => inode === null);
    return { path, names: known, sha256, sizeBytes, sinceMs, ours, isMounted };
  };
  return { files, mounted, needs, space, candidate };
}

/** The mount that shows this very file, whatever its name is now. */
export function mountOf(file: ImageFile, mounted: readonly MountedImage[]): MountedImage | null {
  return mounted.find(({ inode, device }) => inode === file.inode && device === file.device) ?? null;
}

/** A rollout to the image that ran already is about its definition. */
function isOther(image: ImageRef | null, sha256: string): boolean {
  return image !== null && image.sha256 !== sha256;
}
