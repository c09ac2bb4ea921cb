/**
 * What the commands are given by the composition root: ways to open this host, nothing already open.
 * A command file parses, calls, renders and chooses an exit code; it holds no policy.
 */
import type { Host, ImageTools, PushReport, PushRequest } from '../host/index.js';
import type { Emit, HostConfig, HostPath, Layout, Problem } from '../model/index.js';
import type { DoctorFinding, Style } from '../report/index.js';
import type { Source } from '../source/index.js';
import type { ReadableStore, Store } from '../store/index.js';

export interface LockInfo {
  readonly pid: number;
  readonly command: string;
  readonly since: string;
}

/** This host, by its configuration. Opening it reads; nothing is made before a lock is held. */
export interface Machine {
  readonly config: HostConfig;
  readonly warnings: readonly Problem[];
  readonly layout: Layout;
  readonly host: Host;
  readonly controlPath: HostPath;
  /** Digest of repository URL, branch and path. */
  readonly sourceDigest: string;
  source(emit: Emit): Source;
  readableStore(): ReadableStore;
  /** Makes the directories and opens the store for writing; only with the lock. */
  openStore(emit: Emit): Promise<Store>;
  /** Errors: E_LOCKED after `timeoutMs`. */
  lock(command: string, timeoutMs: number): Promise<{ release(): Promise<void> }>;
  lockHolder(): Promise<LockInfo | null>;
  /** Runs a command in a running service's container with this process's terminal; its exit code. */
  exec(rack: string, service: string | null, command: readonly string[]): Promise<number>;
  /** Last lines of a service's output, then what follows until aborted. */
  followOutput(rack: string, service: string, lines: number, signal: AbortSignal): AsyncIterable<string>;
  doctor(): Promise<readonly DoctorFinding[]>;
}

export interface Program {
  readonly version: string;
  readonly images: ImageTools;
  /** Errors: E_CONFIG with every problem of the file in the message. */
  openMachine(configPath: string): Promise<Machine>;
  /** Needs no configuration and no root. Errors: see `pushImage`. */
  pushImage(request: PushRequest): Promise<PushReport>;
  /** pino lines to stderr; `level` as in pino. */
  createLog(level: string): Emit;
  /** Progress lines for people on stderr. */
  createProgress(style: Style): Emit;
  now(): number;
}

/** Where images are made unless told otherwise: on disk, root's alone (others can make names in /var/tmp), and swept by nobody but us. There need be no host.yaml, so it is not the state directory of one. */
export const defaultScratch = '/var/lib/rackops/building';

export const defaultConfigPath = '/etc/rackops/host.yaml';
