/**
 * The whole reconciler on the memory host: real planning, real executor, a real store on disk, a repository in memory. `sync` is one pass; a crash ends a life,
 * `restart` begins the next one on the same machine.
 */
import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Errands } from '../../src/apply/index.js';
import { createMemoryHost, type World } from '../../src/host/memory/index.js';
import {
  type Event,
  type HostConfig,
  hostPath,
  type ImageRef,
  type PassReport,
  plainDirectory,
  type RackData,
  usualCapabilities,
} from '../../src/model/index.js';
import {
  type DesiredMemory,
  DesiredReader,
  mergeSealedLayers,
  type Operation,
  type PassRequest,
  reconcileOnce,
  runOperation,
} from '../../src/reconciler/index.js';
import { openStore, type Store } from '../../src/store/index.js';
import { imageRef, readable } from './builders.js';
import { type MemoryRepository, memoryRepository } from './memory-source.js';

export interface MemoryRig {
  readonly world: World;
  readonly repository: MemoryRepository;
  readonly events: Event[];
  store(): Store;
  /** `alone`: as `sync` without an agent, which probes. */
  sync(request?: Partial<PassRequest>, alone?: boolean, errands?: Errands): Promise<PassReport>;
  /** As after a pass: sealed layers that no snapshot needs apart become one. */
  merge(): Promise<void>;
  /** The layers of the rack's writable directory, which can be read. */
  observe(rack: string): Promise<RackData>;
  /** As a person asks for it. */
  operate(operation: Operation): Promise<string>;
  /** The agent is told to stop. */
  stop(): void;
  /** After a crash, or as an agent restart. */
  restart(): Promise<void>;
  /** The machine boots: nothing of the kernel is left. */
  reboot(): Promise<void>;
  dispose(): Promise<void>;
}

export const testConfig: HostConfig = {
  file: hostPath('/etc/rackops/host.yaml'),
  name: 'test',
  labels: {},
  repository: {
    url: { kind: 'local', url: '/srv/racks' },
    branch: 'main',
    path: 'racks',
    poll: '*/30 * * * * *',
    timeoutMs: 60_000,
    auth: { kind: 'none' },
    verify: null,
  },
  root: hostPath('/racks'),
  state: hostPath('/var/lib/rackops'),
  run: hostPath('/run/rackops'),
  images: { sources: [plainDirectory(hostPath('/racks/iso'))], keep: 3, concurrent: 2, maxBytes: 1e9 },
  supervisor: 'auto',
  runtime: 'auto',
  allow: {
    mounts: [hostPath('/home')],
    capabilities: usualCapabilities,
    secrets: [hostPath('/etc/rackops/secrets')],
  },
  prune: { maxPercent: 50 },
};

/** The store syncs what it writes: that takes no time where nothing is on a disk. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : '/var/tmp';

export async function memoryRig(): Promise<MemoryRig> {
  const directory = hostPath(await mkdtemp(`${scratch}/rackops-test-memory-`));
  const { host: first, world } = createMemoryHost();
  const repository = memoryRepository();
  const events: Event[] = [];
  const emit = (event: Event): void => {
    events.push(event);
  };
  let host = first;
  const open = async (): Promise<Store> => world.guard('store', await openStore({ directory, emit }));
  let store = await open();
  const newReader = (): DesiredReader => {
    const opened = store;
    const memory: DesiredMemory = {
      load: () => opened.desired(),
      save: (desired) => opened.writeDesired(desired),
    };
    return new DesiredReader(repository.source, testConfig, memory, 'test');
  };
  let reader = newReader();
  let stop = unheard();
  const begin = async (next: typeof host): Promise<void> => {
    stop = unheard();
    host = next;
    store = await open();
    reader = newReader();
  };
  return {
    world,
    repository,
    events,
    store: () => store,
    sync: (request = {}, alone = false, errands) =>
      reconcileOnce(
        {
          config: testConfig,
          host,
          store,
          source: repository.source,
          reader,
          emit,
          signal: stop.signal,
          sourceDigest: 'sha256:test',
          agent: () => null,
          probed: () => new Map(),
          probesCommitted: alone,
          ...(errands === undefined ? {} : { errands }),
        },
        { trigger: 'test', allowPrune: null, allowRewind: null, ...request },
      ),
    stop: () => stop.abort(new Error('SIGTERM')),
    merge: () => mergeSealedLayers({ host, store, emit, signal: stop.signal }),
    observe: async (rack) => readable(await host.data.observe(rack)),
    operate: (operation) => runOperation({ host, store, emit, signal: stop.signal }, operation),
    restart: async () => begin(await world.restart()),
    reboot: async () => begin(await world.reboot()),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}

function unheard(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

export interface DefinitionOptions {
  readonly image?: ImageRef;
  readonly listen?: string;
  readonly dependsOn?: readonly string[];
  /** Extra lines at the top level. */
  readonly more?: string;
  readonly bake?: string;
  /** Default auto: a swap is rehearsed. */
  readonly rehearse?: 'auto' | 'always' | 'never';
  /** Further entries of the mapping `rollout`. */
  readonly rollout?: string;
  /** `freeze` and `thaw` are run in `main`. */
  readonly quiesce?: boolean;
}

/** A definition as text: one service `main` with an http check every 100 ms, bake 1 s, timeout 10 s. */
export function definition(name: string, options: DefinitionOptions = {}): string {
  const image = options.image ?? imageRef(`${name}-1.0`);
  const port = options.listen?.split(':').at(-1) ?? '80';
  const rollout = [
    `rehearse: ${options.rehearse ?? 'auto'}`,
    `bake: ${options.bake ?? '1s'}`,
    'timeout: 10s',
    ...(options.quiesce === true ? ['quiesce: {service: main, freeze: [freeze], thaw: [thaw, now]}'] : []),
    ...(options.rollout === undefined ? [] : [options.rollout]),
  ];
  return [
    'apiVersion: rackops/v1',
    'kind: Rack',
    `name: ${name}`,
    `image: {file: ${image.file}, sha256: ${image.sha256}}`,
    ...(options.dependsOn === undefined ? [] : [`dependsOn: [${options.dependsOn.join(', ')}]`]),
    'services:',
    '  main:',
    '    command: [main]',
    ...(options.listen === undefined ? [] : [`    listen: ["${options.listen}"]`]),
    '    health:',
    `      http: {port: ${port}, path: /up}`,
    '      interval: 100ms',
    '      timeout: 100ms',
    '      startPeriod: 1s',
    `rollout: {${rollout.join(', ')}}`,
    ...(options.more === undefined ? [] : [options.more]),
    '',
  ].join('\n');
}
