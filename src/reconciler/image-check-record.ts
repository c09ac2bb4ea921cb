/** Checks images and keeps the result, so that `status` tells it until a later check finds otherwise. New damage is told once, by whoever keeps a log. */
import type { DamagedImage, Emit, ImageCheckRecord } from '../model/index.js';
import type { ReadableStore } from '../store/index.js';
import { type CheckDeps, type CheckedImage, type CheckScope, checkImages } from './image-check.js';

export interface RecordedCheckDeps extends CheckDeps {
  readonly store: CheckDeps['store'] & Pick<ReadableStore, 'imageCheck' | 'writeImageCheck'>;
  /** Null: nobody would read it; the next check that can tells what this one has found. */
  readonly emit: Emit | null;
  /** ms since the epoch. */
  readonly now: () => number;
}

/** As `checkImages`. A check of some files only says nothing about the others: what was found of them stays. */
export async function checkAndRemember(
  deps: RecordedCheckDeps,
  scope: CheckScope,
): Promise<readonly CheckedImage[]> {
  const before = await deps.store.imageCheck();
  // What was found by a check of more files stays until it is found to be good again.
  const checked = await checkImages(deps, scope, before?.damaged.map(({ path }) => path) ?? []);
  const next = recordOf(before, checked, scope, new Date(deps.now()).toISOString());
  const news = next.damaged.filter(
    (damage) =>
      before?.untold?.includes(damage.path) === true ||
      before?.damaged.some((known) => isSame(known, damage)) !== true,
  );
  await deps.store.writeImageCheck(
    deps.emit === null && news.length > 0 ? { ...next, untold: news.map(({ path }) => path) } : next,
  );
  for (const { file, path, racks, message } of news)
    deps.emit?.({ code: 'ImageDamaged', image: file, path, racks, message });
  return checked;
}

function recordOf(
  before: ImageCheckRecord | null,
  checked: readonly CheckedImage[],
  scope: CheckScope,
  at: string,
): ImageCheckRecord {
  const found = checked.flatMap(({ damage }) => damage ?? []);
  if (typeof scope === 'string') return { format: 1, at, damaged: found };
  const others = (before?.damaged ?? []).filter(({ path }) => !checked.some((item) => item.path === path));
  return { format: 1, at: before?.at ?? null, damaged: [...others, ...found] };
}

function isSame(one: DamagedImage, other: DamagedImage): boolean {
  return one.path === other.path && one.message === other.message;
}
