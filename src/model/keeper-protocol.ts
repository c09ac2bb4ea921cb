/**
 * What the agent and the keeper say to each other: JSON, one value per line, over a unix socket in the run directory. The keeper outlives agents
 * of other versions, so kinds and fields are only ever added; what cannot be added raises `keeperProtocol`. Values only, no effects.
 */
import { sha256Hex } from '../lib/index.js';
import type { ListenAddress } from './desired.js';
import type { ErrorCode } from './error-codes.js';
import type { Blame } from './errors.js';
import type { Layout } from './layout.js';
import type { ObservedService, ObservedSocket } from './observed.js';
import { type HostPath, under } from './paths.js';
import type { StopSpec } from './plan.js';
import type { OciRuntime } from './runtime.js';
import type { ServiceSpec, StopResult } from './supervisor.js';

/** Version of the protocol; a keeper and an agent that differ here do not talk. */
export const keeperProtocol = 1;

/** Longest line either side accepts, bytes: a start request with the longest definition is far below it. */
export const keeperLineLimitBytes = 4 * 1024 * 1024;

export interface KeeperHello {
  readonly protocol: number;
  /** Version of the program, for people. */
  readonly version: string;
  readonly pid: number;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** What its containers run under; a keeper of an older version does not say. */
  readonly runtime?: OciRuntime;
}

/** A service as the keeper sees it; `container` is its id for the runtime, null when it does not run. */
export interface KeptService extends ObservedService {
  readonly container: string | null;
}

/** Payload and result of each kind of request. */
export interface KeeperKinds {
  hello: { readonly params: Record<never, never>; readonly result: KeeperHello };
  observe: {
    readonly params: Record<never, never>;
    readonly result: {
      readonly services: readonly KeptService[];
      readonly sockets: readonly ObservedSocket[];
    };
  };
  openSockets: {
    readonly params: { readonly rack: string; readonly listen: readonly ListenAddress[] };
    readonly result: Record<never, never>;
  };
  /** In a network namespace, given by its file. A kind of its own: an older keeper must not open them in the host's network. */
  openSocketsIn: {
    readonly params: {
      readonly rack: string;
      readonly listen: readonly ListenAddress[];
      readonly network: HostPath;
    };
    readonly result: Record<never, never>;
  };
  closeSockets: {
    readonly params: { readonly rack: string; readonly keep: readonly string[] };
    readonly result: Record<never, never>;
  };
  start: { readonly params: { readonly spec: ServiceSpec }; readonly result: Record<never, never> };
  stop: { readonly params: { readonly rack: string; readonly spec: StopSpec }; readonly result: StopResult };
  /** Ends the keeper now instead of after its grace, if it holds nothing; says whether it does. */
  shutdownIfIdle: { readonly params: Record<never, never>; readonly result: { readonly ends: boolean } };
}

export type KeeperKind = keyof KeeperKinds;

/** A request: a union over `kind`. */
export type KeeperRequest = {
  [K in KeeperKind]: { readonly kind: K; readonly id: number; readonly params: KeeperKinds[K]['params'] };
}[KeeperKind];

/** An error as it crosses the socket; made into a `RackError` again on the other side. */
export interface KeeperError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly blame: Blame;
  readonly hint?: string;
  readonly rack?: string;
}

export type KeeperReply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: KeeperError };

/** Where the keeper's things are in the run directory. */
export interface KeeperPaths {
  readonly socket: HostPath;
  /** Locked (flock) as long as a keeper lives. */
  readonly lock: HostPath;
  readonly log: HostPath;
  /** The runtime's own state (`--root`). */
  readonly runtime: HostPath;
  /** One directory per running container: the bundle it was started from. */
  readonly containers: HostPath;
}

export function keeperPaths(layout: Pick<Layout, 'run'>): KeeperPaths {
  return {
    socket: under(layout.run, 'keeper.sock'),
    lock: under(layout.run, 'keeper.lock'),
    log: under(layout.run, 'keeper.log'),
    runtime: under(layout.run, 'runtime'),
    containers: under(layout.run, 'containers'),
  };
}

const defaultRun = '/run/rackops';

/** Name of the cgroup under which all containers of a run directory are: two of them on one host never meet. */
export function cgroupRoot(run: string): string {
  return run === defaultRun ? 'rackops' : `rackops-${sha256Hex(run).slice(0, 8)}`;
}

/** `web.nginx.` - how the container ids of a service begin; names have no dot. */
export function containerPrefix(rack: string, service: string): string {
  return `${rack}.${service}.`;
}

/** Rack of a container id, null when the id is not one of ours. */
export function rackOfContainer(id: string): string | null {
  return /^([a-z][a-z0-9-]*)\.[^.]+\.[^.]+$/.exec(id)?.[1] ?? null;
}
