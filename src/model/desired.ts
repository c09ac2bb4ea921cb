/**
 * What should run on this host, fully resolved: defaults filled in, durations in ms, sizes in bytes, definition order kept
 * where it means something. Values only: serialised as they are into the journal and the inventory, so that going back needs neither
 * Git nor network. Secrets appear as references only.
 */
import type { HostPath, RackPath } from './paths.js';
import type { ShadowPolicy } from './shadow.js';

export interface ImageRef {
  /** File name in the image store, `webserver-2.0.iso`. */
  readonly file: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

/** True for a digest as `ImageRef` has it. */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** A literal value, or a secret read from a host file when the service's bundle is written; never stored. */
export type EnvValue = { readonly value: string } | { readonly fromHostFile: HostPath };

export interface DesiredMount {
  readonly source: HostPath;
  readonly target: RackPath;
  readonly readOnly: boolean;
  /** What a rehearsal sees there: a read-only view without live sockets, an empty directory, or the real thing. */
  readonly rehearse: 'readOnly' | 'empty' | 'share';
}

export interface DesiredFile {
  /** Where it appears, read-only, in the rack. */
  readonly path: RackPath;
  /** sha256 of the content, 64 hex digits; the content itself is kept as a blob by `store/`. */
  readonly sha256: string;
  /** Permission bits, at most 0o777. */
  readonly mode: number;
}

/**
 * `address` is the text of the definition and the identity of the held socket: `0.0.0.0:80`, `[::]:80`, `unix:/var/share/app.sock`.
 * Options that are absent (as in all that earlier versions wrote) have their default: `listenBacklog` and its like.
 */
export type ListenAddress = TcpListen | UnixListen;

interface ListenOptions {
  readonly address: string;
  /** Connections that may wait. */
  readonly backlog?: number;
}

export interface TcpListen extends ListenOptions {
  readonly family: 'v4' | 'v6';
  readonly host: string;
  readonly port: number;
  readonly reusePort?: boolean;
  readonly v6Only?: boolean;
}

export interface UnixListen extends ListenOptions {
  readonly family: 'unix';
  readonly path: HostPath;
  /** Permission bits of the socket's file, at most 0o777. */
  readonly mode?: number;
  /** The file's owner on the host. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

export type ProbeCheck =
  | {
      readonly kind: 'http';
      readonly host: string;
      readonly port: number;
      readonly path: string;
      readonly status: number;
      /** JavaScript regular expression, searched in the first 64 KiB of the body; null = any body. */
      readonly body: string | null;
    }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'exec'; readonly command: readonly string[] };

export interface HealthCheck {
  readonly check: ProbeCheck;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly startPeriodMs: number;
  readonly healthyAfter: number;
  readonly unhealthyAfter: number;
}

export interface DesiredService {
  readonly name: string;
  readonly command: readonly string[];
  /** Name or `uid[:gid]`, looked up in the rack. */
  readonly user: string;
  readonly workdir: RackPath;
  /** Rack's and service's variables merged, PATH included; LISTEN_FDS and LISTEN_PID are added by the supervisor. */
  readonly env: Readonly<Record<string, EnvValue>>;
  /** In the order of the definition: the first is fd 3. */
  readonly listen: readonly ListenAddress[];
  readonly stop: { readonly signal: string; readonly timeoutMs: number };
  readonly restart: {
    readonly policy: 'always' | 'on-failure' | 'never';
    readonly delayMs: number;
    readonly maxDelayMs: number;
    readonly onUnhealthy: boolean;
  };
  readonly dependsOn: readonly string[];
  readonly health: HealthCheck | null;
  readonly capabilities: readonly string[];
  readonly resources: {
    readonly memoryBytes: number | null;
    readonly cpus: number | null;
    readonly pids: number | null;
  };
}

/** How the data of a service are brought to rest for as long as a rehearsal copies them. Both commands are run inside the service. */
export interface Quiesce {
  readonly service: string;
  readonly freeze: readonly string[];
  /** Run whatever happened, also when nothing was frozen. */
  readonly thaw: readonly string[];
  /** For freezing and copying together, and as long once more for thawing. */
  readonly timeoutMs: number;
}

export interface DesiredRack {
  readonly name: string;
  /** Commit that this definition was read from, 40 hex digits. */
  readonly revision: string;
  /** `sha256:…` of the explicit content: what a rollout and a quarantine are about. */
  readonly digest: string;
  /** `sha256:…` of what the processes see: equal means no stop is needed. */
  readonly runDigest: string;
  readonly image: ImageRef;
  /** Racks of this host only, sorted. */
  readonly dependsOn: readonly string[];
  readonly mounts: readonly DesiredMount[];
  readonly files: readonly DesiredFile[];
  /** In start order (dependencies first). */
  readonly services: readonly DesiredService[];
  readonly rollout: {
    readonly rehearse: 'auto' | 'always' | 'never';
    readonly bakeMs: number;
    readonly timeoutMs: number;
    readonly onFailure: 'rollback' | 'hold';
    readonly data: 'keep' | 'restore';
    /** Snapshots that are kept; older ones are merged. */
    readonly snapshots: number;
    /** Absent: a rehearsal sees the live data as they are written to. */
    readonly quiesce?: Quiesce;
    /** Absent: the defaults of each class, as of `keepShadows`. */
    readonly shadow?: ShadowPolicy;
  };
}

/** As the schema says. */
export const defaultSnapshots = 3;

/** What Git asks of this host at one revision. */
export interface DesiredState {
  /** Null before the first fetch. */
  readonly revision: string | null;
  /** Sorted by name. */
  readonly racks: readonly DesiredRack[];
  /** Names claimed by a file that is invalid: such a rack keeps running what it runs. Sorted. */
  readonly invalid: readonly string[];
  /**
   * False when absence proves nothing: no revision, missing path, empty repository, or all files invalid.
   * Then nothing is removed (`design.md` section 4).
   */
  readonly complete: boolean;
}

/** All addresses a rack listens on, in order, without repeats. */
export function listenAddresses(rack: DesiredRack): readonly ListenAddress[] {
  const byAddress = new Map(rack.services.flatMap((s) => s.listen).map((l) => [l.address, l]));
  return [...byAddress.values()];
}
