/** Port: where an image is put together, and what is mounted there meanwhile. */
import type { HostPath } from '../model/index.js';

/** An image file that is open as a tree. */
export interface OpenedImage {
  /** Where it is mounted, read-only. */
  readonly root: HostPath;
  /** Of the very bytes that are mounted, 64 hex digits. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface Workspace {
  /** Of root's, 0700. Everything below goes with it. */
  readonly path: HostPath;
  /** A new empty directory in it, mode 0755. */
  fresh(name: string): Promise<HostPath>;
  /**
   * An image file, mounted read-only. One that others than root can write to is copied first, so that nobody changes it under the mount. `sha256` (64 hex digits): what it must be, else it is not mounted (E_IMAGE_DIGEST);
   * null for a file that the operator named. Errors besides: E_IMAGE_NOT_FOUND, E_IMAGE_FORMAT, E_IMAGE_SIZE, E_DISK_SPACE, E_MOUNT, the signal's reason.
   */
  mountImage(
    file: HostPath,
    options: { readonly sha256: string | null; readonly signal?: AbortSignal },
  ): Promise<OpenedImage>;
  /** A tree that shows `lower` and can be written to: what is written goes into `upper`. Error: E_MOUNT. */
  overlay(lower: HostPath): Promise<{ readonly tree: HostPath; readonly upper: HostPath }>;
  /** All of it is gone: processes, mounts, files. Errors: E_MOUNT, E_MOUNTED, E_DELETE; the next workspace there tries again. */
  close(): Promise<void>;
}

/**
 * A workspace in that directory, which is made when missing; what killed ones left there is gone, as far as it can be, `note` is told of the rest. Nothing else there is touched. `needBytes` must be free. Errors: E_DIR_OWNER
 * (it cannot be made, or others can write there), E_DISK_SPACE, E_IMAGE_BUSY (somebody keeps the directory locked).
 */
export type OpenWorkspace = (
  base: HostPath,
  needBytes: number,
  note: (line: string) => void,
) => Promise<Workspace>;
