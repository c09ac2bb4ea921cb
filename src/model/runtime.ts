/**
 * The OCI runtime as it is started. Values only.
 */
import type { HostPath } from './paths.js';

export interface OciRuntime {
  /** Absolute path of the program. */
  readonly path: HostPath;
  /** It works on this host only where it does not see the cgroup hierarchy of version 2 beside those of version 1. */
  readonly hidesUnified: boolean;
}
