/**
 * Which image files stay, and why. What anything needs stays whatever the space; of the rest the newest of each name stay, as long as there is space; what a person put there is his. Pure: asks nothing, deletes nothing.
 */
import { groupBy } from '../lib/index.js';
import { imageSeries } from '../model/index.js';

/** Why an image is needed; the first of them is told. */
export type ImageRole = 'mounted' | 'runs' | 'rollout' | 'desired' | 'previous';

/** One image that something needs. */
export interface ImageNeed {
  readonly sha256: string;
  readonly file: string;
  readonly role: ImageRole;
  /** Null for a mount that no rack is known to use. */
  readonly rack: string | null;
}

/** A file that holds, or may hold, an image. */
export interface ImageCandidate {
  readonly path: string;
  /** Names that it is known by, the newest first; empty: only its digest is known. */
  readonly names: readonly string[];
  /** Null: never read. */
  readonly sha256: string | null;
  readonly sizeBytes: number;
  /** When it came, ms since the epoch. */
  readonly sinceMs: number;
  /** True: rackops copied or fetched it. */
  readonly ours: boolean;
  /** True also when that cannot be told. */
  readonly isMounted: boolean;
}

export interface RetentionInput {
  readonly files: readonly ImageCandidate[];
  readonly needs: readonly ImageNeed[];
  /** `images.keep`. */
  readonly keep: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Bytes that an image wants which did not fit; 0: none. */
  readonly wantedBytes: number;
  /** Files that a person put there may go, too. */
  readonly manual: boolean;
}

export interface Retention {
  readonly file: ImageCandidate;
  /** `kept`: one of the newest of its name; `manual`: put there by hand; `unneeded` and `space`: it goes. */
  readonly reason: ImageRole | 'kept' | 'manual' | 'unneeded' | 'space';
  readonly stays: boolean;
  readonly needs: readonly ImageNeed[];
}

/** So much stays free for the racks to write: a tenth of the file system, but no more than 10 GiB. */
const spareShare = 0.1;
const mostSpareBytes = 10 * 1_024 ** 3;

const order: readonly ImageRole[] = ['runs', 'rollout', 'desired', 'previous', 'mounted'];

/** One entry a file, in the order of `files`. */
export function imageRetention(input: RetentionInput): readonly Retention[] {
  const byFile = new Map(input.files.map((file) => [file, needsOf(file, input.needs)]));
  const free = input.files.filter(
    (file) => byFile.get(file)?.length === 0 && !file.isMounted && (file.ours || input.manual),
  );
  const kept = new Set<ImageCandidate>();
  for (const group of groupBy(free, seriesOf).values())
    for (const file of [...group].sort(newestFirst).slice(0, input.keep)) kept.add(file);
  const forSpace = goneForSpace(input, free, kept);
  return input.files.map((file) => {
    const needs = byFile.get(file) ?? [];
    const role = order.find((candidate) => needs.some((need) => need.role === candidate));
    if (role !== undefined || file.isMounted) return { file, reason: role ?? 'mounted', stays: true, needs };
    if (!free.includes(file)) return { file, reason: 'manual', stays: true, needs };
    if (forSpace.has(file)) return { file, reason: 'space', stays: false, needs };
    return kept.has(file)
      ? { file, reason: 'kept', stays: true, needs }
      : { file, reason: 'unneeded', stays: false, needs };
  });
}

/** Files without a name are one series. */
export function seriesOf({ names: [name = ''] }: Pick<ImageCandidate, 'names'>): string {
  return imageSeries(name);
}

/** By the digest where it is known; by the name too, because a file that was never read may be the one. */
function needsOf(file: ImageCandidate, needs: readonly ImageNeed[]): readonly ImageNeed[] {
  return needs.filter(
    (need) => need.sha256 === file.sha256 || (!file.ours && file.names.includes(need.file)),
  );
}

/** Of those that would stay, the oldest, until there is space enough. */
function goneForSpace(
  input: RetentionInput,
  free: readonly ImageCandidate[],
  kept: ReadonlySet<ImageCandidate>,
): ReadonlySet<ImageCandidate> {
  const gone = new Set<ImageCandidate>();
  const wanted = Math.min(input.totalBytes * spareShare, mostSpareBytes) + input.wantedBytes;
  const unneeded = free.filter((file) => !kept.has(file));
  let freeBytes = unneeded.reduce((sum, { sizeBytes }) => sum + sizeBytes, input.freeBytes);
  for (const file of [...kept].sort(newestFirst).reverse()) {
    if (freeBytes >= wanted) break;
    gone.add(file);
    freeBytes += file.sizeBytes;
  }
  return gone;
}

function newestFirst(a: ImageCandidate, b: ImageCandidate): number {
  return b.sinceMs - a.sinceMs || (a.path < b.path ? -1 : 1);
}
