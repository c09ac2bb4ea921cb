/** What `observe` saw on this host, read once, as a value. What could not be read is `unknown`, never "absent". */
import type { LayerName } from './layers.js';

/** A loop-mounted image. */
export interface ObservedImage {
  readonly sha256: string;
  /** Read-only squashfs from the file that we mounted; false is drift. */
  readonly asMade: boolean;
}

/** A merged tree under `active/`, identified by its source string `rack:<name>:<generation>:<digest>`. */
export interface ObservedTree {
  readonly rack: string;
  /** Null when the source string is not ours: something foreign is mounted at a rack's place. */
  readonly generation: number | null;
  readonly digest: string | null;
  /** Of the rack's writable directory, newest first; the first is written to. Empty for what is not ours. */
  readonly layers: readonly LayerName[];
  /** Our fixed options, the expected upper directory, exactly one mount at this place; false is drift. */
  readonly asMade: boolean;
}

export interface ObservedService {
  readonly rack: string;
  readonly service: string;
  readonly generation: number;
  readonly runDigest: string;
  readonly state: 'starting' | 'running' | 'stopped' | 'failed';
  /** Host's pid of the service's PID 1; null when it does not run. */
  readonly pid: number | null;
  /** Starts by the supervisor since it was asked to start the service, less one. */
  readonly restarts: number;
  /** ms since the epoch of the last start. */
  readonly startedAt: number | null;
  readonly lastExit: {
    readonly code: number | null;
    readonly signal: string | null;
    readonly at: number;
  } | null;
  /** Why it could not be started, when the last try failed: one line with the program and the path. */
  readonly startError: string | null;
}

/** A held listening socket. */
export interface ObservedSocket {
  readonly rack: string;
  readonly address: string;
}

export interface ObservedSupervisor {
  readonly state: 'running' | 'absent' | 'unknown';
  readonly services: readonly ObservedService[];
  readonly sockets: readonly ObservedSocket[];
  /** Racks with processes in a cgroup of ours that no supervisor owns. */
  readonly orphans: readonly string[];
}

export interface ObservedState {
  /** ms since the epoch. */
  readonly at: number;
  /** From /proc/sys/kernel/random/boot_id. */
  readonly bootId: string;
  readonly images: readonly ObservedImage[];
  readonly trees: readonly ObservedTree[];
  /** Generated layers that are still mounted beside a tree: left by a crash, `<rack>.<generation>`. */
  readonly strayLayers: readonly string[];
  readonly supervisor: ObservedSupervisor;
}

/** What keeps a tree from going away: a process, or a mount of the host. */
export interface Holder {
  /** 0 for a mount. */
  readonly pid: number;
  /** Process name from /proc/PID/comm. */
  readonly command: string;
  /** `cwd`, `root`, `exe`, `fd 7`, `mapped file`, `mount namespace`. */
  readonly how: string;
}

/** `pid 4411 bash (cwd), pid 733 systemd-udevd (mount namespace), the mount at /mnt`; at most five are named. */
export function holdersText(holders: readonly Holder[]): string {
  const named = holders
    .slice(0, 5)
    .map(({ pid, command, how }) => (pid === 0 ? `the ${command} ${how}` : `pid ${pid} ${command} (${how})`));
  return holders.length > 5 ? `${named.join(', ')} and ${holders.length - 5} more` : named.join(', ');
}
