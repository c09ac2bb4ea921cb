/** The small ports of the imagined machine: data directories, bundles, commands, probes. */
import {
  bundlesPath,
  type DesiredRack,
  type DesiredService,
  dataPath,
  isReplaced,
  type LayerName,
  layersOf,
  mergedName,
  RackError,
  rackData,
  ShadowTally,
  serviceSpec,
  under,
  unreadableError,
} from '../../model/index.js';
import type { Bundles, Clock, Commands, Data, Probes } from '../ports.js';
import type { Shadows } from '../shadow-port.js';
import type { VirtualClock } from './clock.js';
import type { MemoryState } from './state.js';
import { keyOf } from './supervisor.js';

export function createMemoryData(state: MemoryState, middle: (operation: string) => void): Data {
  const missing = (rack: string, layers: readonly LayerName[]): LayerName | undefined =>
    layers.find((name) => state.data.get(rack)?.layers.has(name) !== true);
  const unreadable = (rack: string) => ({ rack, unreadable: 'layers.json is damaged' });
  const refuseUnreadable = (rack: string): void => {
    if (state.data.get(rack)?.manifest === 'unreadable') throw unreadableError(unreadable(rack));
  };
  return {
    observe: async (rack) => {
      const data = state.data.get(rack);
      if (data === undefined) return null;
      if (data.manifest === 'unreadable') return unreadable(rack);
      return rackData(rack, [...data.layers.keys()], data.manifest);
    },
    sealLayer: async (rack, stack, snapshots) => {
      refuseUnreadable(rack);
      state.refuseMissingLayers(rack, stack.sealed);
      const data = state.ensureLayer(rack, stack.layer);
      middle('data.sealLayer');
      data.manifest = { format: 1, layers: layersOf(stack), snapshots };
    },
    releaseLayers: async (rack, stack, snapshots, keep) => {
      const data = state.data.get(rack);
      if (data === undefined) return;
      refuseUnreadable(rack);
      const used = state.trees.get(rack)?.layers ?? [];
      for (const name of [...data.layers.keys()])
        if (!keep.includes(name) && !used.includes(name)) data.layers.delete(name);
      middle('data.releaseLayers');
      const isPlain = stack.sealed.length === 0 && snapshots.length === 0;
      data.manifest = isPlain ? null : { format: 1, layers: layersOf(stack), snapshots };
    },
    mergeLayers: async (rack, layers) => {
      const data = state.data.get(rack);
      if (data === undefined || missing(rack, layers) !== undefined)
        throw new Error(`no such layers of ${rack}: ${layers.join(' ')}`);
      const texts = [...layers].reverse().flatMap((name) => data.layers.get(name) ?? []);
      data.layers.set(mergedName(layers), texts);
    },
    unmergeable: async () => [],
    changedFiles: async () => ({ files: [], complete: true }),
    bigFiles: async () => ({ files: 0, bytes: 0 }),
    list: async () =>
      [...state.data.keys()].sort().map((rack) => ({ rack, path: dataPath(state.layout, rack) })),
    sizeBytes: async (rack) => state.data.get(rack)?.bytes ?? 0,
    purge: async (rack) => {
      // An overlay that lives on elsewhere still writes into it.
      if (state.data.get(rack)?.mounted || state.trees.has(rack) || state.living.has(rack)) {
        throw new RackError('E_MOUNTED', `cannot delete the data of "${rack}": something is mounted there`, {
          rack,
          hint: 'unmount it, then purge again',
        });
      }
      state.data.delete(rack);
    },
  };
}

export function createMemoryBundles(state: MemoryState): Bundles {
  const keyOfBundle = (rack: string, service: string, generation: number): string =>
    `${rack}.${generation}/${service}`;
  const checkService = (rack: DesiredRack, service: DesiredService): void => {
    for (const value of Object.values(service.env)) {
      if ('fromHostFile' in value && state.missingPaths.has(value.fromHostFile))
        throw refusal('E_SECRET', rack, service, `"${value.fromHostFile}" does not exist`);
    }
    for (const { source } of rack.mounts) {
      if (state.missingPaths.has(source))
        throw refusal('E_SOURCE_MISSING', rack, service, `"${source}" does not exist`);
    }
  };
  return {
    write: async (rack, service, generation) => {
      if (state.imageUnder(rack.name) === undefined)
        throw refusal('E_START', rack, service, 'its tree is not mounted');
      checkService(rack, service);
      state.bundles.add(keyOfBundle(rack.name, service.name, generation));
      return serviceSpec(
        state.layout,
        rack,
        service,
        generation,
        under(bundlesPath(state.layout, rack.name, generation), service.name),
      );
    },
    prepare: async (rack, tree) => {
      if (!state.layers.has(`${rack.name}.${tree.generation}`))
        throw refusal('E_START', rack, rack.services[0], 'its tree is not prepared');
      for (const service of rack.services) {
        checkService(rack, service);
        state.bundles.add(keyOfBundle(rack.name, service.name, tree.generation));
      }
    },
    check: async (rack) => {
      for (const service of rack.services) checkService(rack, service);
    },
    find: async (rack, service, generation) =>
      state.bundles.has(keyOfBundle(rack.name, service.name, generation))
        ? serviceSpec(
            state.layout,
            rack,
            service,
            generation,
            under(bundlesPath(state.layout, rack.name, generation), service.name),
          )
        : null,
    remove: async (rack, generation) => {
      const prefix = `${rack}.${generation}/`;
      for (const name of state.bundles) if (name.startsWith(prefix)) state.bundles.delete(name);
    },
  };
}

function refusal(
  code: 'E_START' | 'E_SECRET' | 'E_SOURCE_MISSING',
  rack: DesiredRack,
  service: DesiredService | undefined,
  why: string,
): RackError {
  return new RackError(code, `cannot prepare service "${service?.name}": ${why}`, { rack: rack.name });
}

/** Done as soon as it is asked for, unless its program hangs; remembered. */
export function createMemoryCommands(
  state: MemoryState,
  sleep: Clock['sleep'],
  middle: (operation: string) => void,
): Commands {
  return {
    run: async (rack, service, command, { timeoutMs, signal }) => {
      signal?.throwIfAborted();
      const key = keyOf(rack, service);
      if (state.services.get(key)?.pid == null)
        throw new RackError(
          'E_NOT_RUNNING',
          `cannot run a command in "${rack}": its service "${service}" does not run`,
          { rack },
        );
      state.commands.push(`${key}: ${command.join(' ')}`);
      middle('commands.run');
      const program = command[0] ?? '';
      const begun = state.hangingPrograms.get(program);
      if (begun !== undefined) {
        begun();
        await sleep(timeoutMs, signal);
        return { exitCode: null, output: '' };
      }
      const failures = state.failingPrograms.get(program) ?? 0;
      if (failures === 0) return { exitCode: 0, output: '' };
      state.failingPrograms.set(program, failures - 1);
      return { exitCode: 1, output: 'no' };
    },
  };
}

/** Of each rack what the test says; judged as the real one is. What is set aside, or replaced, hides nothing until it is put back. */
export function createMemoryShadows(state: MemoryState, middle: (operation: string) => void): Shadows {
  const factsOf = (rack: string) => state.shadows.get(rack)?.facts ?? {};
  const refuseMounted = (rack: string): void => {
    if (!state.trees.has(rack)) return;
    throw new RackError('E_MOUNTED', `cannot touch the writable layer of "${rack}": it is mounted`, { rack });
  };
  return {
    merge: async ({ rack }, path) => {
      const fact = factsOf(rack)[path];
      if (fact === undefined)
        throw new RackError('E_SHADOW_MERGE', `cannot merge "${path}" of "${rack}": nothing is there`, {
          rack,
        });
      // Where the two images have one content, nothing is to be merged.
      return { text: '', conflicts: 0, changes: fact.runningNext?.content !== true };
    },
    drops: async ({ rack }, paths, manner) => {
      const missing = paths.find((path) => factsOf(rack)[path] === undefined);
      if (missing !== undefined)
        throw new RackError('E_SHADOW_RESET', `cannot reset "${missing}" of "${rack}": nothing is there`, {
          rack,
        });
      return paths.map((path) => ({ path, how: manner === 'refresh' ? 'refresh' : 'entry' }));
    },
    checkDrops: async () => {},
    prepareAside: async ({ id }, drops, signal) => {
      signal.throwIfAborted();
      if (!drops.some(isReplaced)) return;
      state.replacements.add(id);
      middle('shadows.prepareAside');
    },
    discardAside: async (_rack, id) => {
      if (!state.aside.has(id)) state.replacements.delete(id);
    },
    setAside: async (rack, id, _stack, drops) => {
      refuseMounted(rack);
      const { facts, why } = state.shadows.get(rack) ?? { facts: {}, why: '' };
      const list = state.aside.get(id) ?? {};
      const gone = Object.entries(facts).filter(([path]) => drops.some((drop) => drop.path === path));
      if (drops.some(isReplaced) && !state.replacements.has(id))
        throw new Error(`nothing was made for ${id} that takes the place of files`);
      state.aside.set(id, { ...list, ...Object.fromEntries(gone) });
      middle('shadows.setAside');
      const left = Object.entries(facts).filter(([path]) => !drops.some((drop) => drop.path === path));
      state.shadows.set(rack, { facts: Object.fromEntries(left), why });
      return [];
    },
    putBack: async (rack, id) => {
      const list = state.aside.get(id);
      state.replacements.delete(id);
      if (list === undefined) return [];
      refuseMounted(rack);
      const { facts, why } = state.shadows.get(rack) ?? { facts: {}, why: '' };
      state.shadows.set(rack, { facts: { ...facts, ...list }, why });
      middle('shadows.putBack');
      state.aside.delete(id);
      return [];
    },
    report: async ({ rack, stack, policy, listed }, signal) => {
      signal.throwIfAborted();
      const { facts = {}, why = '' } = state.shadows.get(rack) ?? {};
      const tally = new ShadowTally(policy, listed);
      for (const [path, fact] of Object.entries(facts)) tally.add(() => path, String(stack.layer), fact);
      return tally.report(why);
    },
  };
}

/** Answers as the service was scripted; what the check asks for does not matter here. */
export function createMemoryProbes(state: MemoryState, clock: VirtualClock): Probes {
  return {
    probe: async (_check, _timeoutMs, target) => {
      const at = clock.now();
      const service = state.services.get(keyOf(target.rack, target.service));
      service?.look(at);
      const ailment = service === undefined ? 'connection refused' : service.ailment(at);
      return {
        at,
        result: ailment === null ? 'success' : 'failure',
        message: ailment ?? 'HTTP 200',
        durationMs: 0,
      };
    },
  };
}
