/**
 * A rehearsal runs under a rack name of its own, one that no definition can have: so its services, sockets, bundles, logs and mounts are never
 * taken for those of the live rack, by the supervisor, the planner or the status. Names and values only.
 */
import type { DesiredRack } from './desired.js';
import type { Layout } from './layout.js';
import { type HostPath, under } from './paths.js';

const suffix = '+rehearsal';

/** `web` → `web+rehearsal`. */
export function rehearsalName(rack: string): string {
  return `${rack}${suffix}`;
}

export function isRehearsal(name: string): boolean {
  return name.endsWith(suffix);
}

/** The rack that a name is about: `web` for `web` and for `web+rehearsal`. */
export function rackOfName(name: string): string {
  return isRehearsal(name) ? name.slice(0, -suffix.length) : name;
}

/** The definition as the supervisor is told of it in a rehearsal: another name, and an exit is an exit. */
export function rehearsedRack(desired: DesiredRack): DesiredRack {
  return {
    ...desired,
    name: rehearsalName(desired.name),
    services: desired.services.map((service) => ({
      ...service,
      restart: { ...service.restart, policy: 'never' as const },
    })),
  };
}

/** Directory of the unix sockets that belong to the network namespace of that file. */
export function socketsOf(network: string): string {
  return `${network}.sockets`;
}

/** Where the throw-away things of a rack's rehearsal are. */
export interface RehearsalPaths {
  /** On the disk of the writable layers; all of the following are in it, but `network`. */
  readonly directory: HostPath;
  /** File of the budget's size: the file system that the rehearsal writes to. */
  readonly disk: HostPath;
  /** Where that file system is mounted. */
  readonly space: HostPath;
  /** Read-only views of mount sources, by index. */
  readonly mounts: HostPath;
  /** The network namespace, a mounted file. */
  readonly network: HostPath;
}

/** `rack` is the live rack's name. */
export function rehearsalPaths(layout: Pick<Layout, 'readwrite' | 'run'>, rack: string): RehearsalPaths {
  const directory = under(rehearsalsPath(layout), rack);
  return {
    directory,
    disk: under(directory, 'disk'),
    space: under(directory, 'space'),
    mounts: under(directory, 'mounts'),
    network: under(layout.run, 'networks', rack),
  };
}

/** One directory per rack that is in a rehearsal. */
export function rehearsalsPath(layout: Pick<Layout, 'readwrite'>): HostPath {
  return under(layout.readwrite, '.rehearsal');
}

/** The network namespace of services and probes of that name; null: the host's own. */
export function networkOf(layout: Pick<Layout, 'readwrite' | 'run'>, name: string): HostPath | null {
  return isRehearsal(name) ? rehearsalPaths(layout, rackOfName(name)).network : null;
}

/** Where the source of the mount with this index is seen in a rehearsal, unless it is shared. */
export function rehearsedSource(
  layout: Pick<Layout, 'readwrite' | 'run'>,
  rack: string,
  index: number,
  how: 'readOnly' | 'empty',
): HostPath {
  const { mounts, space } = rehearsalPaths(layout, rack);
  return how === 'readOnly' ? under(mounts, String(index)) : under(space, `empty-${index}`);
}
