/**
 * Definitions as the tests of the whole program commit them, and what the kernel says about a rack. Short probe intervals: these tests wait for probes
 * all the time. Changes nothing on the machine.
 */
import { readFileSync } from 'node:fs';
import { loopsOf, mountsUnder, startTimeOf } from '../../scripts/sandbox/index.js';
import type { BuiltImage } from './images.js';
import type { Rig, StatusDocument } from './rig.js';

type Image = Pick<BuiltImage, 'file' | 'sha256'>;

/** What a definition says besides name and image; merged one level deep. */
export interface RackOptions {
  readonly port?: number;
  readonly command?: readonly string[];
  readonly health?: object | null;
  readonly service?: Readonly<Record<string, unknown>>;
  readonly rollout?: Readonly<Record<string, unknown>>;
  readonly rack?: Readonly<Record<string, unknown>>;
}

/** nginx on a socket that stays open while versions change. */
export function webRack(name: string, image: Image, port: number, options: RackOptions = {}): object {
  return tinyRack(name, image, {
    port,
    ...options,
    command: ['nginx', '-g', 'daemon off;'],
    service: {
      env: { NGINX: '3;' },
      listen: [`127.0.0.1:${port}`],
      stop: { signal: 'QUIT', timeout: '10s' },
      ...options.service,
    },
  });
}

/** The tiny image: with a port it serves and is probed there, without one it sleeps and has no health check. */
export function tinyRack(name: string, image: Image, options: RackOptions = {}): object {
  const { port } = options;
  const health =
    options.health === undefined && port !== undefined
      ? { http: { port, path: '/up', status: 200 } }
      : options.health;
  return {
    apiVersion: 'rackops/v1',
    kind: 'Rack',
    name,
    image: { file: image.file, sha256: image.sha256 },
    services: {
      main: {
        command:
          options.command ?? (port === undefined ? ['sh', '-c', sleeper] : ['serve', `127.0.0.1:${port}`]),
        stop: { signal: 'TERM', timeout: '2s' },
        ...(health
          ? { health: { interval: '100ms', timeout: '1s', healthyAfter: 1, startPeriod: '3s', ...health } }
          : {}),
        ...options.service,
      },
    },
    rollout: { bake: '200ms', timeout: '15s', rehearse: 'never', ...options.rollout },
    ...options.rack,
  };
}

/** PID 1 ignores signals that it has no handler for. */
const sleeper = 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done';

/** What must not change when somebody else's rack does: pids with start times, mount ids, loop devices. */
export interface Footprint {
  readonly processes: readonly string[];
  readonly mounts: readonly string[];
}

/** Of one rack: services' pids with start times, and the mount ids of its tree. Status must know the rack. */
export async function footprintOf(rig: Rig, name: string): Promise<Footprint> {
  return footprintIn(rig, await rig.status(), name);
}

/** The same by a status that was read already, now or at the end of a sync. */
export function footprintIn(rig: Rig, status: StatusDocument, name: string): Footprint {
  const services = status.racks.find((rack) => rack.name === name)?.services ?? [];
  return {
    processes: services.map(
      ({ name: service, pid }) => `${service} ${pid} ${pid === null ? '' : startTimeOf(pid)}`,
    ),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.split(' ')[4] === `${rig.root}/active/${name}`)
      .map((line) => line.split(' ').slice(0, 3).join(' ')),
  };
}

/** Mount points and loop devices of the whole rig, in a form that two runs can be compared by: device numbers left out. */
export function kernelShape(rig: Rig): {
  readonly mounts: readonly string[];
  readonly loops: readonly string[];
} {
  const within = (path: string): string => path.slice(rig.directory.length);
  return {
    mounts: mountsUnder(rig.directory).map(within).sort(),
    loops: loopsOf(rig.directory)
      .map((loop) => within(loop.file))
      .sort(),
  };
}
