/** Port: the parts that a recipe is made of. Trees are directories or mounts of ours; a tree's own links never lead out of it, nor do a context's. */
import type { DebianBase, HostPath, RackPath, RecipeFile } from '../model/index.js';

/** What a long part of a build is given besides its work. */
export interface BuildWatch {
  readonly signal?: AbortSignal;
  /** One line for people. */
  readonly progress: (detail: string) => void;
}

/** An entry of a tree, for the decision whether it stays. */
export interface TreeEntry {
  /** Absolute in the tree; text as far as it is UTF-8. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link' | 'device' | 'other';
}

export interface ImageBuilding {
  /**
   * The packages of a release in `tree`, an empty directory; nothing of this host is left in it but where the packages came from. Errors: E_IMAGE_BASE with the last lines of mmdebstrap, E_PROGRAM_MISSING,
   * the signal's reason.
   */
  debian(base: DebianBase, packages: readonly string[], tree: HostPath, watch: BuildWatch): Promise<void>;
  /**
   * What is in the archive, a file of the context, in `tree`, an empty directory. `scratch`: where the verified copy goes. Errors: E_IMAGE_SOURCE (not there, no regular file), E_IMAGE_DIGEST, E_IMAGE_BASE, the
   * signal's reason.
   */
  untar(
    archive: { readonly context: HostPath; readonly file: string; readonly sha256: string },
    tree: HostPath,
    scratch: HostPath,
    watch: BuildWatch,
  ): Promise<void>;
  /** A directory of the context with all that is in it, owners and modes too, but no times. Errors: E_IMAGE_SOURCE, E_IMAGE_BASE, the signal's reason. */
  copyDirectory(context: HostPath, path: string, tree: HostPath, watch: BuildWatch): Promise<void>;
  /** Real path of a regular file or directory of the context; null when nothing is there, or only by a link that leads out. */
  find(context: HostPath, path: string): Promise<HostPath | null>;
  /** Makes one entry of a `files` step; digest `sha256:<hex>` of what a source brought, null without one. Errors: E_IMAGE_SOURCE, E_IMAGE_STEP (something else is in the way), the file system's own. */
  place(tree: HostPath, context: HostPath, file: RecipeFile): Promise<string | null>;
  /** Nothing is at the path any more; `/dir/link` removes the link. */
  remove(tree: HostPath, path: RackPath): Promise<void>;
  /** Removes what `isLeftover` says, a directory with all that is in it. */
  prune(tree: HostPath, isLeftover: (entry: TreeEntry) => boolean): Promise<void>;
  /** Options of this host's apt that an apt elsewhere needs too (proxies), as `Key=value`. */
  aptOptions(): Promise<readonly string[]>;
}
