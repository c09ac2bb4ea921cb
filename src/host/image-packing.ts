/** Port: trees become images. What is in a tree, which packages, and the squashfs with the files beside it. */
import type { HostPath, ManifestEntry, RackPath } from '../model/index.js';

/** Looks into a tree as a process in it would: no link leads out. */
export interface TreeReader {
  /** First `maxBytes` of a regular file; null when there is none. */
  read(path: RackPath, maxBytes: number): Buffer | null;
  /** Names in a directory, sorted, those that are no UTF-8 left out; empty when there is none. */
  list(path: RackPath): readonly string[];
}

export interface SquashRequest {
  readonly tree: HostPath;
  /** What is there is overwritten. */
  readonly target: HostPath;
  /** The time of the image itself, s since the epoch. */
  readonly timeSeconds: number;
  readonly signal?: AbortSignal;
  /** Bytes written so far, about every second. */
  readonly onWritten?: (bytes: number) => void;
}

export interface ControlRequest {
  readonly image: HostPath;
  /** What is there is overwritten. */
  readonly target: HostPath;
  /** What the image is called where both are published, beside each other. */
  readonly name: string;
  readonly signal?: AbortSignal;
}

/** The files of one image while they are made: beside each other, complete or not there under their own names. Holds a lock; must be closed. */
export interface ImageOutput {
  /** Where the image is to be written. */
  readonly image: HostPath;
  /** A file beside the image, `<file><suffix>`, mode 0644; its sha256. Errors: E_DISK_SPACE. */
  write(name: string, lines: Iterable<string>): Promise<string>;
  /** The image is on disk. Its sha256 and size in bytes. */
  seal(): Promise<{ readonly sha256: string; readonly sizeBytes: number }>;
  /**
   * All have their own names, the image last. An image of that name with the same content is left as it is (false). Error: E_IMAGE_EXISTS for one with other content; then nothing changed.
   */
  publish(sha256: string): Promise<boolean>;
  /** What is not published is gone. */
  close(): Promise<void>;
}

export interface ImagePacking {
  /**
   * Every entry of the tree, sorted by the bytes of the path, the root first; `onEntry` is told how many so far. The tree must not change meanwhile. Errors: E_IMAGE_TREE (what cannot be read, with its
   * path), the signal's reason.
   */
  scan(
    tree: HostPath,
    options: { readonly signal?: AbortSignal; readonly onEntry?: (count: number) => void },
  ): Promise<readonly ManifestEntry[]>;
  /** Everything in the tree that was changed since that moment (ms since the epoch), and its root, has that time. Times are the only thing of the tree that changes. */
  retime(tree: HostPath, sinceMs: number, timeSeconds: number): Promise<void>;
  /** `look` must not keep the reader. */
  inTree<T>(tree: HostPath, look: (reader: TreeReader) => T): T;
  /**
   * A squashfs of the tree: zstd, 128 KiB blocks; the same tree and time give the same bytes. Owners, modes, times, extended attributes and hard links are kept. Errors: E_IMAGE_PACK, E_DISK_SPACE,
   * E_PROGRAM_MISSING, the signal's reason; the target may be there in part.
   */
  squash(request: SquashRequest): Promise<void>;
  /** The control file of zsync for an image that does not change any more. Errors: E_IMAGE_PACK, E_PROGRAM_MISSING, the signal's reason. */
  control(request: ControlRequest): Promise<void>;
  /** For the image `file` in that directory, which is made when it is missing; what a killed build left of it is gone. Errors: E_IMAGE_BUSY (another build of it runs), E_DIR_OWNER. */
  openOutput(directory: HostPath, file: string): Promise<ImageOutput>;
  /** Versions of the programs that are there, `{mksquashfs: '4.5.1'}`. */
  versions(programs: readonly string[]): Promise<Readonly<Record<string, string>>>;
}
