/** Port: where an image is put together, and what is mounted there meanwhile. */
import type { HostPath } from '../model/index.js';

export interface Workspace {
  /** Of root's, 0700. Everything below goes with it. */
  readonly path: HostPath;
  /** A new empty directory in it, mode 0755. */
  fresh(name: string): Promise<HostPath>;
  /** An image file, mounted read-only; where. Errors: E_IMAGE_FORMAT, E_IMAGE_SIZE, E_MOUNT, the file system's own. */
  mountImage(file: HostPath): Promise<HostPath>;
  /** A tree that shows `lower` and can be written to: what is written goes into `upper`. Error: E_MOUNT. */
  overlay(lower: HostPath): Promise<{ readonly tree: HostPath; readonly upper: HostPath }>;
  /** All of it is gone: processes, mounts, files. Errors: E_MOUNT, E_MOUNTED, E_DELETE; the next workspace there tries again. */
  close(): Promise<void>;
}

/**
 * A workspace in that directory, which is made when missing; what killed ones left there is gone. `needBytes` must be free. Errors: E_DIR_OWNER (others can write there), E_DISK_SPACE.
 */
export type OpenWorkspace = (base: HostPath, needBytes: number) => Promise<Workspace>;
