/** Deletes image files that nothing needs: what `imageRetention` says, and nothing else. Run by whoever holds the lock, so that nothing becomes needed meanwhile. */

import type { Host } from '../host/index.js';
import { errorMessage } from '../lib/index.js';
import { type Emit, type HostConfig, hostPath, type RackOutcome } from '../model/index.js';
import { imageRetention, type Retention } from '../planning/index.js';
import { type ImageDeps, imageFacts } from './image-needs.js';

export type { Retention };

export interface RetentionDeps extends ImageDeps {
  readonly config: Pick<HostConfig, 'images'>;
}

export interface PruneDeps extends RetentionDeps {
  readonly host: { readonly storedImages: Host['storedImages'] };
}

/** What would stay and what would go. `manual`: what people put there may go, too; `wantedBytes`: space for an image that did not fit. Reads only. */
export async function planImages(
  deps: RetentionDeps,
  manual: boolean,
  wantedBytes = 0,
): Promise<readonly Retention[]> {
  const { files, candidate, needs, space } = await imageFacts(deps);
  const candidates = files.map(candidate);
  return imageRetention({
    files: candidates,
    needs,
    keep: deps.config.images.keep,
    manual,
    wantedBytes,
    ...space,
  });
}

/** The files that are gone now; so are leftovers of killed processes. Errors: E_DELETE; all others that may go are gone then. */
export async function pruneImages(
  deps: PruneDeps,
  manual: boolean,
  wantedBytes = 0,
): Promise<readonly Retention[]> {
  const gone: Retention[] = [];
  const failures: unknown[] = [];
  await deps.host.storedImages.sweep();
  for (const item of (await planImages(deps, manual, wantedBytes)).filter(({ stays }) => !stays)) {
    await deps.host.storedImages.remove(hostPath(item.file.path)).then(
      () => gone.push(item),
      (error: unknown) => failures.push(error),
    );
  }
  if (failures.length > 0) throw failures[0];
  return gone;
}

/** After a pass that committed or removed something, or could not store an image for want of space; the pass has done its work, so a failure is only told. */
export async function pruneAfter(
  deps: PruneDeps & { readonly emit: Emit },
  outcomes: readonly RackOutcome[],
): Promise<void> {
  const wantedBytes = Math.max(0, ...outcomes.map(({ wantedBytes = 0 }) => wantedBytes));
  const hasChanged = outcomes.some(({ outcome, action }) => outcome === 'done' && action !== 'heal');
  if (!hasChanged && wantedBytes === 0) return;
  try {
    const gone = await pruneImages(deps, false, wantedBytes);
    if (gone.length === 0) return;
    const bytes = gone.reduce((sum, { file }) => sum + file.sizeBytes, 0);
    deps.emit({ code: 'ImagesPruned', images: gone.map(({ file }) => file.names[0] ?? file.path), bytes });
  } catch (error) {
    deps.emit({ code: 'Warning', warning: 'ImagesNotPruned', message: errorMessage(error) });
  }
}
