/** What the supervisor is told to run; the embedded keeper and (later) systemd understand the same values. */
import type { DesiredRack, DesiredService, ListenAddress } from './desired.js';
import { type Layout, serviceLogPath } from './layout.js';
import type { HostPath } from './paths.js';
import { networkOf } from './rehearsal.js';

/** A service ready to be started: its OCI bundle is on disk, nothing is left to look up. */
export interface ServiceSpec {
  readonly rack: string;
  readonly service: string;
  readonly generation: number;
  readonly runDigest: string;
  /** Directory with `config.json`; its root path is the merged tree. */
  readonly bundle: HostPath;
  readonly log: HostPath;
  /** Handed over as fd 3, 4 …, already held by the supervisor. */
  readonly listen: readonly ListenAddress[];
  /** File of the network namespace that the sockets are in; absent: the host's. */
  readonly network?: HostPath;
  /** Down for longer than this its sockets are closed between tries: refused beats hanging. ms. */
  readonly closeSocketsAfterMs: number;
  readonly restart: {
    readonly policy: 'always' | 'on-failure' | 'never';
    readonly delayMs: number;
    readonly maxDelayMs: number;
  };
}

/** The service as the supervisor is told of it, once its bundle is in `bundle`. */
export function serviceSpec(
  layout: Layout,
  rack: DesiredRack,
  service: DesiredService,
  generation: number,
  bundle: HostPath,
): ServiceSpec {
  const { policy, delayMs, maxDelayMs } = service.restart;
  const network = networkOf(layout, rack.name);
  return {
    rack: rack.name,
    service: service.name,
    generation,
    runDigest: rack.runDigest,
    bundle,
    log: serviceLogPath(layout, rack.name, service.name),
    listen: service.listen,
    ...(network === null ? {} : { network }),
    closeSocketsAfterMs: rack.rollout.timeoutMs,
    restart: { policy, delayMs, maxDelayMs },
  };
}

/** How a stop went. */
export interface StopResult {
  /** `absent`: it did not run; `exited`: by the signal in time; `killed`: after the timeout; `unhandled`: PID 1 has no handler for the signal, killed at once. */
  readonly how: 'absent' | 'exited' | 'killed' | 'unhandled';
  readonly durationMs: number;
}
