/**
 * Throw-away views of live racks, put together and taken apart: space, tree, mount sources, network, sockets. Whatever is made is found by the rack's name alone, so that
 * a rehearsal that was killed in its middle is discarded like one that ended. docs/adr/0012.
 */
import { closeSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { cgroupsUnder, createNetwork, isKernelError, MS_BIND, mount, unmount } from '../../kernel/index.js';
import { errorMessage } from '../../lib/index.js';
import {
  cgroupRoot,
  type DesiredRack,
  type HostPath,
  hasCode,
  type Layout,
  listenAddresses,
  RackError,
  rehearsalName,
  rehearsalPaths,
  socketsOf,
  under,
} from '../../model/index.js';
import type { Rehearsals } from '../ports.js';
import { changedFiles } from './changed-files.js';
import type { ImageMounts } from './image-mounts.js';
import type { KeeperSupervisor } from './keeper-client.js';
import { copyLiveLayer, hasCopy } from './rehearsal-copy.js';
import { isSpaceFull, makeSpace } from './rehearsal-space.js';
import { isViewTorn } from './rehearsal-torn.js';
import { hasView, mountSources, mountView, removeView, unmountView } from './rehearsal-view.js';
import { checkSources } from './sources.js';

export interface RehearsalDeps {
  readonly layout: Layout;
  readonly imageMounts: Pick<ImageMounts, 'whileMounted'>;
  readonly supervisor: Pick<KeeperSupervisor, 'openSocketsIn' | 'closeSockets' | 'stop' | 'kept'>;
  /** From host.yaml: what may be seen of the host, also by a throw-away. */
  readonly allowedMounts: readonly HostPath[];
  /** At most so much space for one; absent: see rehearsal-space.ts. */
  readonly limitBytes?: number;
}

export function createRehearsals(deps: RehearsalDeps): Rehearsals {
  const { layout, imageMounts, supervisor } = deps;
  return {
    open: async ({ desired, tree }, atRest, leaving) => {
      const { name: rack } = desired;
      const { network } = rehearsalPaths(layout, rack);
      try {
        const sources = desired.mounts.map(({ source }) => source);
        const real = await checkSources(sources, { allowed: deps.allowedMounts, layout }, rack);
        await makeSpace(layout, rack, deps.limitBytes);
        if (atRest !== null) await copyLiveLayer(layout, tree, atRest);
        await mountSources(layout, rack, desired.mounts, real);
        await imageMounts.whileMounted(tree.image, () => mountView(layout, tree, leaving));
        await makeNetwork(network, foreignAddresses(desired));
        const listen = listenAddresses(desired);
        if (listen.length > 0) await supervisor.openSocketsIn(rehearsalName(rack), listen, network);
      } catch (error) {
        if (hasCode(error, 'E_MOUNT_TARGET', 'E_REHEARSAL')) throw error;
        throw new RackError('E_REHEARSAL', `cannot set up a rehearsal of "${rack}": ${errorMessage(error)}`, {
          rack,
          cause: error,
        });
      }
    },
    isFull: (rack) => isSpaceFull(rehearsalPaths(layout, rack)),
    changedFiles: (rack) => changedFiles(under(rehearsalPaths(layout, rack).space, 'upper'), 0),
    isTorn: async (rack) => !hasCopy(layout, rack) && (await isViewTorn(layout, rack)),
    discard: async (rack) => {
      const name = rehearsalName(rack);
      await stopAll(deps, name);
      await supervisor.closeSockets(name, []);
      const { network } = rehearsalPaths(layout, rack);
      await removeNetwork(network);
      if (await hasView(layout, rack)) await unmountView(layout, rack);
      await removeView(layout, rack);
      await rm(under(layout.run, 'bundles', name), { recursive: true, force: true });
      await rm(under(layout.state, 'logs', name), { recursive: true, force: true });
    },
  };
}

/** By force: what runs in a view has nothing to finish. Found by the keeper, and without one by the kernel's cgroups. */
async function stopAll({ layout, supervisor }: RehearsalDeps, name: string): Promise<void> {
  const kept = (await supervisor.kept()) ?? [];
  const services = new Set([
    ...kept.filter(({ rack }) => rack === name).map(({ service }) => service),
    ...cgroupsUnder(cgroupRoot(layout.run))
      .filter((id) => id.startsWith(`${name}.`))
      .flatMap((id) => id.split('.')[1] ?? []),
  ]);
  for (const service of services) await supervisor.stop(name, { service, signal: 'KILL', timeoutMs: 0 });
}

async function makeNetwork(file: HostPath, addresses: readonly string[]): Promise<void> {
  await writeFile(file, '', { mode: 0o600 });
  const fd = createNetwork(addresses);
  try {
    await mount(`/proc/self/fd/${fd}`, file, '', MS_BIND, '');
  } finally {
    closeSync(fd);
  }
}

/** With its last process and socket the namespace is gone. */
async function removeNetwork(file: HostPath): Promise<void> {
  await unmount(file).catch((error) => {
    if (!isKernelError(error, 'EINVAL', 'ENOENT')) throw error;
  });
  await rm(file, { force: true });
  await rm(socketsOf(file), { recursive: true, force: true });
}

/** Addresses of this host that the definition listens on or asks: a loopback has only its own. */
function foreignAddresses({ services }: DesiredRack): readonly string[] {
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address)),
  );
  const wanted = services.flatMap(({ listen, health }) => [
    ...listen.flatMap((item) => (item.family === 'unix' ? [] : [item.host])),
    ...(health !== null && health.check.kind !== 'exec' ? [health.check.host] : []),
  ]);
  return [...new Set(wanted)].filter(
    (host) => isIP(host) !== 0 && own.has(host) && !host.startsWith('127.') && host !== '::1',
  );
}
