/** Port: the parts that a recipe is made of. Trees are directories or mounts of ours; a tree's own links never lead out of it, nor do a context's. */
import type { DebianBase, HostPath, RackPath, RecipeFile } from '../model/index.js';

/** What a long part of a build is given besides its work. */
export interface BuildWatch {
  readonly signal?: AbortSignal;
  /** One line for people. */
  readonly progress: (detail: string) => void;
}

/** Packages that are installed along with a release. */
export interface FirstPackages {
  readonly packages: readonly string[];
  /** For them, besides the time that the release takes. */
  readonly timeoutMs: number;
  /** Directory of root's alone for apt's configuration. */
  readonly scratch: HostPath;
}

/** What a `files` step made. */
export interface Placed {
  /** `sha256:<hex>` of what a source brought; null without one. */
  readonly digest: string | null;
  /** Every entry that was made or asked for, where it really is: links in the tree followed, as in `TreeEntry`. */
  readonly paths: readonly string[];
}

/** An entry of a tree, for the decision whether it stays. */
export interface TreeEntry {
  /** Absolute in the tree, as `textOfBytes` writes it: the same as in manifests. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'link' | 'device' | 'other';
}

export interface ImageBuilding {
  /**
   * The packages of a release in `tree`, an empty directory; nothing of this host is left in it but where the packages came from. Errors: E_IMAGE_BASE with the last lines of mmdebstrap, E_PROGRAM_MISSING,
   * the signal's reason.
   */
  debian(base: DebianBase, first: FirstPackages, tree: HostPath, watch: BuildWatch): Promise<void>;
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
  /**
   * A directory of the context with all that is in it, as Git knows it: root's, of modes only the executable bit. Its digest, `sha256:<hex>` of names, modes and contents. Errors: E_IMAGE_SOURCE, E_IMAGE_STEP, E_DISK_SPACE, the
   * signal's reason.
   */
  copyDirectory(context: HostPath, path: string, tree: HostPath, watch: BuildWatch): Promise<string>;
  /** Real path of a regular file or directory of the context; null when nothing is there, or only by a link that leads out. */
  find(context: HostPath, path: string): Promise<HostPath | null>;
  /** Makes one entry of a `files` step. Errors: E_IMAGE_SOURCE, E_IMAGE_STEP (something else is in the way, no such name can be), E_DISK_SPACE. */
  place(tree: HostPath, context: HostPath, file: RecipeFile): Promise<Placed>;
  /** Nothing is at the path any more; `/dir/link` removes the link. Error: E_IMAGE_STEP. */
  remove(tree: HostPath, path: RackPath): Promise<void>;
  /** Removes what `isLeftover` says, a directory with all that is in it. */
  prune(tree: HostPath, isLeftover: (entry: TreeEntry) => boolean): Promise<void>;
  /** Variables that say to a command with the host's network which proxies the host uses. */
  proxies(): Promise<Readonly<Record<string, string>>>;
}
