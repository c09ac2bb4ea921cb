/** What the reconciler and the executor ask of a rack's writable layers. */
import type {
  LayerStack,
  ResetManner,
  ShadowDrop,
  ShadowMerge,
  ShadowQuestion,
  ShadowReport,
} from '../model/index.js';

export interface Shadows {
  /**
   * What the writable layers of a rack hide of another image. Reads only; needs no lock and no mount, disturbs none; of a rack that runs it tells what it met. Bounded by the question: `complete` is
   * false when its time was over. `told`: every few seconds, how many entries were looked at. Errors: E_LAYER_MISSING, E_MOUNT, E_IMAGE_NOT_FOUND and the other errors of `Images.ensure`; the signal's reason.
   */
  report(
    question: ShadowQuestion,
    signal: AbortSignal,
    told?: (entries: number) => void,
  ): Promise<ShadowReport>;
  /**
   * A text file of the writable layers, with what changed from the running image to the next; `path` as of `ShadowFinding`. Writes nothing there. Errors: E_SHADOW_MERGE when one of the three is no text of
   * a megabyte at most, or there is nothing to merge; those of `report`.
   */
  merge(
    question: Pick<ShadowQuestion, 'rack' | 'stack' | 'running' | 'next'>,
    path: string,
  ): Promise<ShadowMerge>;
  /**
   * How these paths (as of `ShadowFinding`) would leave the layer that is written to, in the order in which they must. Reads only. Error: E_SHADOW_RESET, naming the first that is not there, lies in a sealed layer, is a directory that hides nothing, is in one that would still hide the image's, or, where `plain`, is nothing that the running image has; those of `report`.
   */
  drops(
    place: Pick<ShadowQuestion, 'rack' | 'stack' | 'running'>,
    paths: readonly string[],
    manner: ResetManner,
  ): Promise<readonly ShadowDrop[]>;
  /** As of `drops`, of entries that are known: E_SHADOW_RESET when one of them cannot leave. Reads only. */
  checkDrops(rack: string, stack: LayerStack, drops: readonly ShadowDrop[]): Promise<void>;
  /**
   * What takes the place of those of them that are replaced is made and on disk in `asidePath(…, id)`; does nothing for the others. Changes nothing of the layer, needs no lock, and the rack may run. Twice is
   * once; what an interrupted one left is discarded. Errors: E_SHADOW_RESET when one of the three is no regular file, E_SHADOW_MERGE, E_SHADOW_CONFLICT, E_DISK_SPACE, those of `report`.
   */
  prepareAside(
    replacing: Pick<ShadowQuestion, 'rack' | 'stack' | 'next' | 'running'> & { readonly id: string },
    drops: readonly ShadowDrop[],
    signal: AbortSignal,
  ): Promise<void>;
  /** Nothing of `prepareAside` is left, where nothing was set aside; else nothing happens. */
  discardAside(rack: string, id: string): Promise<void>;
  /**
   * They are out of the layer and in `asidePath(…, id)`, with a list of what was where, and what replaces some of them is in their place. Nothing of the rack is mounted. Twice is once; a crash in between leaves the list and a part, which is finished by
   * the same call. What is not there any more is left out. Resolves to the paths of files that were to be refreshed and are as they were, because they changed after `prepareAside`; of one that was to be merged
   * that is E_SHADOW_CHANGED. Errors: that one, E_MOUNTED; the file system's own.
   */
  setAside(
    rack: string,
    id: string,
    stack: LayerStack,
    drops: readonly ShadowDrop[],
  ): Promise<readonly string[]>;
  /** The way back of setAside: all of it where it was, and what lies there now in `asidePath`. Does nothing where nothing was set aside. Resolves to what has no place there any more, because the directory that it was in is gone: it stays there, with the list. Error: E_MOUNTED; the file system's own. */
  putBack(rack: string, id: string, stack: LayerStack): Promise<readonly string[]>;
}
