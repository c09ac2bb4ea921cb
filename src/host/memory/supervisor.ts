/** The supervisor of the imagined machine: a keeper that holds sockets and services, ends when it has neither, and can die or freeze. */
import {
  isRehearsal,
  isSameSocket,
  type ListenAddress,
  listenConflict,
  type ObservedSupervisor,
  RackError,
  type ServiceSpec,
  type StopResult,
} from '../../model/index.js';
import type { Supervisor } from '../ports.js';
import type { VirtualClock } from './clock.js';
import { MemoryService } from './service.js';
import type { MemoryState } from './state.js';

export function createMemorySupervisor(
  state: MemoryState,
  clock: VirtualClock,
  middle: (operation: string) => void,
): Supervisor {
  const stopping = new Map<string, Promise<unknown>>();
  const answerable = (): void => {
    if (state.keeper === 'frozen')
      throw new RackError('E_KEEPER', 'cannot ask the keeper: no answer in time', { blame: 'agent' });
  };
  const look = (): void => {
    const now = clock.now();
    for (const service of state.services.values()) {
      const at = service.changesAt;
      if (at !== null && at <= now) service.look(now);
    }
  };
  const endIfIdle = (): void => {
    if (state.keeper === 'running' && state.services.size === 0 && state.sockets.size === 0)
      state.keeper = 'absent';
  };
  const ensure = (): void => {
    answerable();
    if (state.keeper === 'running') return;
    state.orphans.clear();
    state.keeper = 'running';
  };

  function open(rack: string, listen: readonly ListenAddress[]): void {
    ensure();
    const opened: string[] = [];
    for (const item of listen) {
      const held = state.sockets.get(item.address);
      if (held?.rack === rack) {
        if (isSameSocket(held.listen, item)) continue;
        refuseUsed(rack, item.address);
        state.sockets.delete(item.address);
      }
      const owner = ownerOf(state, item);
      if (owner !== null) {
        for (const address of opened) state.sockets.delete(address);
        endIfIdle();
        throw new RackError('E_ADDRESS_IN_USE', `cannot listen on "${item.address}": ${owner} has it`, {
          rack,
          hint: 'end it, or choose another address',
        });
      }
      state.sockets.set(item.address, { rack, listen: item });
      opened.push(item.address);
      middle('supervisor.openSockets');
    }
  }

  /** What runs has the socket too: nothing else can be bound in its place. */
  function refuseUsed(rack: string, address: string): void {
    for (const { pid, spec } of state.services.values()) {
      if (pid === null || spec.rack !== rack || !spec.listen.some((item) => item.address === address))
        continue;
      throw new RackError(
        'E_ADDRESS_IN_USE',
        `cannot listen on "${address}": service "${spec.service}" does`,
        {
          rack,
        },
      );
    }
  }

  function start(spec: ServiceSpec): void {
    ensure();
    look();
    const key = keyOf(spec.rack, spec.service);
    const present = state.services.get(key);
    if (present !== undefined) {
      const same = present.spec.generation === spec.generation && present.spec.runDigest === spec.runDigest;
      if (same && (present.pid !== null || present.changesAt !== null)) return;
      if (present.pid !== null)
        throw startError(spec, `it still runs as generation ${present.spec.generation}`);
    }
    const imageSha256 = state.imageUnder(spec.rack) ?? '';
    const script = () => state.behaviourOf(spec.rack, imageSha256, spec.service);
    const service = new MemoryService(spec, imageSha256, script, () => state.nextPid++);
    state.services.set(key, service);
    const reason = startRefusal(state, spec, service);
    if (reason !== null) {
      const error = startError(spec, reason);
      service.fail(clock.now(), error.message);
      throw error;
    }
    const text = state.writings.get(imageSha256);
    // What a rehearsal writes is thrown away.
    if (text !== undefined && !isRehearsal(spec.rack)) state.write(spec.rack, text);
    // A rehearsal has a network of its own: the sockets of the live rack are none of its.
    if (!isRehearsal(spec.rack))
      for (const listen of spec.listen) state.sockets.set(listen.address, { rack: spec.rack, listen });
    service.launch(clock.now());
    middle('supervisor.start');
  }

  async function stop(rack: string, spec: { service: string; timeoutMs: number }): Promise<StopResult> {
    answerable();
    look();
    const key = keyOf(rack, spec.service);
    const orphan = state.orphans.get(key);
    if (orphan !== undefined) {
      state.orphans.delete(key);
      return { how: 'killed', durationMs: 0 };
    }
    const service = state.services.get(key);
    if (service === undefined) return { how: 'absent', durationMs: 0 };
    const begin = clock.now();
    const how = service.pid === null ? 'absent' : stopHow(service);
    if (how === 'killed') await clock.sleep(spec.timeoutMs);
    middle('supervisor.stop');
    state.services.delete(key);
    endIfIdle();
    return { how, durationMs: clock.now() - begin };
  }

  return {
    observe: async (): Promise<ObservedSupervisor> => {
      const orphans = [...new Set(Array.from(state.orphans.values(), (service) => service.spec.rack))]
        .filter((rack) => !isRehearsal(rack))
        .sort();
      if (state.keeper === 'frozen') return { state: 'unknown', services: [], sockets: [], orphans: [] };
      look();
      endIfIdle();
      if (state.keeper === 'absent') return { state: 'absent', services: [], sockets: [], orphans };
      return {
        state: 'running',
        services: Array.from(state.services.values(), (service) => service.observe()),
        sockets: Array.from(state.sockets.values(), ({ rack, listen }) => ({
          rack,
          address: listen.address,
        })),
        orphans,
      };
    },
    ensure: async () => ensure(),
    openSockets: async (rack, listen) => open(rack, listen),
    closeSockets: async (rack, keep) => {
      if (state.keeper === 'absent') return;
      answerable();
      const kept = new Set(keep.map((item) => item.address));
      for (const socket of [...state.sockets.values()]) {
        const { address } = socket.listen;
        if (socket.rack === rack && !kept.has(address)) state.sockets.delete(address);
      }
      endIfIdle();
    },
    start: async (spec) => {
      await stopping.get(keyOf(spec.rack, spec.service))?.catch(() => {});
      start(spec);
    },
    stop: (rack, spec) => {
      const key = keyOf(rack, spec.service);
      const stopped = stop(rack, spec).finally(() => stopping.delete(key));
      stopping.set(key, stopped);
      return stopped;
    },
    lastOutput: async (rack, service, lines) => {
      const found = state.services.get(keyOf(rack, service));
      return found === undefined ? [] : found.output.slice(-lines);
    },
  };
}

export function keyOf(rack: string, service: string): string {
  return `${rack}/${service}`;
}

function startRefusal(state: MemoryState, spec: ServiceSpec, service: MemoryService): string | null {
  if (state.imageUnder(spec.rack) === undefined) return 'its tree is not mounted';
  if (!state.bundles.has(`${spec.rack}.${spec.generation}/${spec.service}`)) return 'it has no bundle';
  // In a rehearsal they are held in a network of its own, which nobody else can have taken.
  const unheld = (isRehearsal(spec.rack) ? [] : spec.listen).find(
    ({ address }) => state.sockets.get(address)?.rack !== spec.rack,
  );
  if (unheld !== undefined) return `"${unheld.address}" is not held`;
  const { behaviour } = service;
  if (behaviour.kind === 'never starts') return behaviour.message ?? 'its program does not exist';
  return null;
}

function startError(spec: ServiceSpec, reason: string): RackError {
  return new RackError('E_START', `cannot start service "${spec.service}": ${reason}`, {
    rack: spec.rack,
    blame: 'definition',
  });
}

function stopHow({ behaviour }: MemoryService): StopResult['how'] {
  if (behaviour.kind !== 'ignores stop') return 'exited';
  return behaviour.unhandled === true ? 'unhandled' : 'killed';
}

/** Who keeps the address from being held. */
function ownerOf(state: MemoryState, wanted: ListenAddress): string | null {
  const occupant = state.occupied.get(wanted.address);
  if (occupant !== undefined) return occupant;
  for (const { rack, listen } of state.sockets.values()) {
    if (listenConflict(listen, wanted)) return `rack "${rack}"`;
  }
  return null;
}
