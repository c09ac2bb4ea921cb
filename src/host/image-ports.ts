/** Ports to the images of a host: how one gets here, how one leaves for a registry, what becomes of the files. As of ports.ts. */
import type { HostPath, ImageRef, RegistrySource } from '../model/index.js';

export interface Images {
  /**
   * The image is in the store, its bytes hash to `sha256`, it is a squashfs: ready to be mounted by descriptor.
   * A root-owned file in `iso/` that others cannot write is used in place (hash cached by device, inode, size, ctime);
   * anything else is copied into the store first, through a temporary name, fsync, rename. What no directory has is downloaded from the
   * sources in their order, into `.partial`, which a later call goes on with; verified, signed where that is asked for, synced, renamed.
   * Errors: E_IMAGE_NOT_FOUND, E_IMAGE_DIGEST, E_IMAGE_FORMAT, E_IMAGE_SIZE, E_IMAGE_DAMAGED (cannot be read), E_IMAGE_FETCH, E_IMAGE_DENIED, E_IMAGE_AUTH_FILE, E_IMAGE_REDIRECT, E_IMAGE_TLS, E_OCI_REALM, E_OCI_REGISTRY,
   * E_IMAGE_SIG_MISSING, E_IMAGE_SIG_KEY, E_IMAGE_SIG_CONTENT, E_IMAGE_SIG_NAME, E_IMAGE_SIG_FORMAT, E_IMAGE_SIG_VERIFIER, E_PROGRAM_MISSING, E_DISK_SPACE (no partial file is left then), the signal's reason. Nothing is mounted.
   */
  ensure(image: ImageRef, progress: (detail: string) => void, fetching?: FetchOptions): Promise<void>;
}

/** How a download is waited for. */
export interface FetchOptions {
  /** Ends the download; what was received is kept. */
  readonly signal: AbortSignal;
  /** Runs what only waits for the network: whoever holds a place for work gives it to others meanwhile. */
  readonly aside: <T>(work: () => Promise<T>) => Promise<T>;
  /** What runs here now instead of it, null when nothing does: a source that offers it sends only what is not in there. */
  readonly present: ImageRef | null;
  /** Told what came of that, for each place that was to offer it; the download of the whole follows unless it was `fetched`. */
  readonly onDelta: (outcome: DeltaOutcome) => void;
}

/** What came of getting an image by its difference to an older one. `place`: for people. */
export type DeltaOutcome =
  | {
      readonly kind: 'fetched';
      readonly place: string;
      readonly fetchedBytes: number;
      readonly wholeBytes: number;
    }
  /** The server has no control file for it. */
  | { readonly kind: 'absent'; readonly place: string }
  | { readonly kind: 'failed'; readonly place: string; readonly why: string };

/** An image, and perhaps its signature, for a registry. */
export interface PushRequest {
  /** Path of the squashfs. */
  readonly file: string;
  /** Path of its detached signature, or null. */
  readonly signature: string | null;
  /** Where to; how to sign in. */
  readonly registry: RegistrySource;
  readonly tag: string;
  readonly signal: AbortSignal;
  readonly progress: (detail: string) => void;
}

export interface PushReport {
  readonly file: string;
  /** What the definition has to name. */
  readonly sha256: string;
  readonly bytes: number;
  /** `host/repository:tag` */
  readonly reference: string;
  /** sha256 of the manifest. */
  readonly manifest: string;
  /** The tag of the signature, null without one. */
  readonly signature: string | null;
}

/** A file of the image directory. */
export interface ImageFile {
  readonly path: HostPath;
  /** Its name, by which definitions may ask for it; null in the store of copies, where names are digests. */
  readonly file: string | null;
  /** As remembered of this version of the file, in the store of copies by its name; null: never read. */
  readonly sha256: string | null;
  readonly sizeBytes: number;
  /** When it came: ms since the epoch. */
  readonly sinceMs: number;
  /** True: rackops copied or fetched it. */
  readonly ours: boolean;
  readonly device: bigint;
  readonly inode: bigint;
  /** Last change of the file or of its owner and mode: ns since the epoch. */
  readonly changedNs: bigint;
  /** Set when another user owns it or may write to it. */
  readonly exposed: { readonly uid: number; readonly mode: number } | null;
}

/** An image that is mounted, and the file behind it, which may have lost its name. */
export interface MountedImage {
  readonly sha256: string;
  /** `/dev/loop7`: its bytes as services see them. */
  readonly devicePath: HostPath;
  /** Both null when the loop device did not tell: then any file may be the one. */
  readonly device: bigint | null;
  readonly inode: bigint | null;
}

/** What becomes of image files between rollouts. */
export interface StoredImages {
  /** Images of the image directory and of the store of copies in it; not what is still being fetched, nor what lies beside an image. Names and stats only. */
  list(): Promise<readonly ImageFile[]>;
  /** Reads the mount table and the loop devices. */
  mounted(): Promise<readonly MountedImage[]>;
  /** Of the file system of the image directory, bytes; 0 both where there is no such directory yet. */
  space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
  /**
   * sha256 of the bytes as they are read now, nothing remembered. `pace` is waited for after each MiB, told how long that took. Errors: E_IMAGE_DAMAGED (cannot be read), the signal's reason.
   */
  digest(path: HostPath, signal: AbortSignal, pace: (tookMs: number) => Promise<void>): Promise<string>;
  /** The file is gone, and what lies beside it (manifest, provenance, signature); the caller knows that nothing needs it. Error: E_DELETE. */
  remove(path: HostPath): Promise<void>;
  /** What killed processes left of copies, downloads and checks of signatures is gone. Others may be at work meanwhile. Never throws. */
  sweep(): Promise<void>;
}
