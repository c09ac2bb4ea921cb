/**
 * A machine in memory, for tests: all ports of `../ports.ts` with the behaviour of the real ones, virtual time, faults by name. The contract:
 *
 * Images    are known by file name; a missing one and one with another sha256 are refused; mounting needs the file, twice is once; an image in use stays.
 * Trees     need their image mounted; preparing makes writable layer and generated layer, mounting makes what is missing. One tree a rack: mounting the same
 *           identity again does nothing, another one is refused. Unmounting fails with E_BUSY while strangers or services hold it, and with E_LEAKED_MOUNT (after 2 s) while
 *           a copy lives in another namespace; until that one dies nothing is mounted for the rack. Dying in the middle of a mount leaves a stray layer.
 * Data      outlives trees, removals and reboots; only purge deletes it, and not while something is mounted. A layer is a list of what was written into it; sealing puts an
 *           empty one on top, releasing deletes those that nobody needs, merging adds one and deletes none. Dying in the middle leaves the layers changed and the manifest as before.
 * Services  need their tree, their bundle and their sockets. Started twice is once; started as something else while they run is refused. They end, sicken or refuse to start by
 *           the script of the image that they were started from, are restarted with the backoff of the definition, and count restarts when they end.
 * Sockets   are unique per address over all racks and the programs of others, wildcards included; opening is all or nothing.
 * Views     need the image mounted and the live data; they hold the image. Services in one behave as their image says, unless scripted for rehearsals; a discard ends them.
 * Shadows   are what the test says of a rack, until it says otherwise.
 * Commands  are remembered and succeed at once in a service that runs, unless their program was told to fail or to hang.
 * Keeper    starts with the first socket or service, ends with the last one. If it is killed its sockets are gone and its services are orphans; the next one kills them first.
 * Probes    tell what the script says of a running service, `connection refused` for one that does not run.
 * Time      passes only while somebody sleeps, or by `world.advance`. A reboot clears all but files: image store, data.
 * Death     of the agent is final: see `faults.ts`. Port calls are atomic except where a state half-way is named above.
 */
import { randomFrom } from '../../lib/index.js';
import type { Host } from '../ports.js';
import { VirtualClock } from './clock.js';
import { Faults, Life } from './faults.js';
import { createMemoryImages, createMemoryStoredImages } from './images.js';
import { createMemoryMounts } from './mounts.js';
import {
  createMemoryBundles,
  createMemoryCommands,
  createMemoryData,
  createMemoryProbes,
  createMemoryShadows,
} from './others.js';
import { createMemoryRehearsals } from './rehearsals.js';
import { MemoryState } from './state.js';
import { createMemorySupervisor } from './supervisor.js';
import { createWorld, type World } from './world.js';

export interface MemoryHostOptions {
  /** ms since the epoch; default 2026-01-01T00:00:00Z. */
  readonly now?: number;
  /** `auto` (default): time jumps to the next sleeper; `manual`: only `world.advance` moves it. */
  readonly clock?: 'auto' | 'manual';
  /** For `ids.random`; the same seed gives the same run. */
  readonly seed?: number;
}

/** `host` is the first life's; `world.restart()` gives the next one. */
export function createMemoryHost(options: MemoryHostOptions = {}): {
  readonly host: Host;
  readonly world: World;
} {
  const state = new MemoryState();
  const faults = new Faults();
  let life = new Life(faults);
  const clock = new VirtualClock({
    now: options.now ?? Date.UTC(2026, 0, 1),
    auto: options.clock !== 'manual',
    isBusy: () => life.busy,
  });
  const random = randomFrom(options.seed ?? 1);
  let ids = 0;
  const nextId = (): string => {
    const time = new Date(clock.now())
      .toISOString()
      .replace(/[-:]|\..*$/g, '')
      .replace('T', 't');
    return `${time}-${(ids++).toString(36).padStart(4, '0')}`;
  };
  const begin = (): Host => {
    const mine = new Life(faults);
    life = mine;
    const sleep: Host['clock']['sleep'] = (ms, signal) => clock.sleep(ms, mine.signal, signal);
    return {
      clock: { now: () => clock.now(), sleep },
      ids: { next: nextId, random },
      images: mine.guard('images', createMemoryImages(state)),
      storedImages: mine.guard('storedImages', createMemoryStoredImages(state)),
      mounts: mine.guard('mounts', createMemoryMounts(state, clock, mine.middle)),
      data: mine.guard('data', createMemoryData(state, mine.middle)),
      bundles: mine.guard('bundles', createMemoryBundles(state)),
      supervisor: mine.guard('supervisor', createMemorySupervisor(state, clock, mine.middle)),
      commands: mine.guard('commands', createMemoryCommands(state, sleep, mine.middle)),
      rehearsals: mine.guard('rehearsals', createMemoryRehearsals(state, mine.middle)),
      shadows: mine.guard('shadows', createMemoryShadows(state, mine.middle)),
      probes: mine.guard('probes', createMemoryProbes(state, clock)),
      bootId: async () => {
        mine.throwIfDead();
        return `00000000-0000-4000-8000-${String(state.boot).padStart(12, '0')}`;
      },
    };
  };
  return { host: begin(), world: createWorld({ state, clock, faults, life: () => life, begin }) };
}
