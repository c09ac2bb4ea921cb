/** The host's own configuration (`/etc/rackops/host.yaml`), defaults filled in. Never comes from Git. */
import type { ImageSource } from './image-sources.js';
import type { HostPath } from './paths.js';

export type RepositoryUrl =
  | { readonly kind: 'https' | 'ssh'; readonly url: string; readonly host: string }
  | { readonly kind: 'local'; readonly url: string };

/** Whose signatures count; at least one of the two kinds of keys is there. */
export interface CommitVerification {
  /** `head`: the tip alone; `every`: each commit since the last applied one. */
  readonly mode: 'head' | 'every';
  /** SSH. */
  readonly allowedSignersFile: HostPath | null;
  readonly revokedKeysFile: HostPath | null;
  /** OpenPGP. */
  readonly gpgKeysFile: HostPath | null;
  /** Upper case; empty: all keys of the file. */
  readonly gpgFingerprints: readonly string[];
}

export interface HostConfig {
  /** The file it was read from. */
  readonly file: HostPath;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly repository: {
    readonly url: RepositoryUrl;
    readonly branch: string;
    /** Folder in the repository, no leading or trailing slash: `racks`. */
    readonly path: string;
    /** Cron expression with seconds, UTC. */
    readonly poll: string;
    readonly timeoutMs: number;
    readonly auth:
      | { readonly kind: 'none' }
      | { readonly kind: 'token'; readonly tokenFile: HostPath; readonly usernameFile: HostPath | null }
      | { readonly kind: 'ssh'; readonly sshKeyFile: HostPath; readonly knownHostsFile: HostPath | null };
    /** Null: commits need no signature. */
    readonly verify: CommitVerification | null;
  };
  readonly root: HostPath;
  readonly state: HostPath;
  readonly run: HostPath;
  readonly images: {
    /** In the order of the file; `iso` in `root` is among them. */
    readonly sources: readonly ImageSource[];
    readonly keep: number;
    /** Downloads at the same moment. */
    readonly concurrent: number;
    /** The largest image that is downloaded. */
    readonly maxBytes: number;
  };
  readonly supervisor: 'auto' | 'embedded' | 'systemd';
  /** `auto`, `crun`, `runc` or another runtime's name. */
  readonly runtime: string;
  readonly allow: {
    readonly mounts: readonly HostPath[];
    readonly capabilities: readonly string[];
    readonly secrets: readonly HostPath[];
  };
  /** Percent of this host's racks that one revision may remove, 0 to 100. */
  readonly prune: { readonly maxPercent: number };
}

/** What a service gets when it asks for nothing: enough for a daemon that binds low ports and drops to its own user. */
export const usualCapabilities: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETGID',
  'CAP_SETUID',
];
