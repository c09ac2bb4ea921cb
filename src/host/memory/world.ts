/**
 * The test's hand on the imagined machine: puts images there, scripts services, disturbs, injects faults, restarts, reboots, compares. Everything an
 * administrator, a kernel or a bug could do beside the agent; the agent itself only ever sees the ports.
 */
import { deferred } from '../../lib/index.js';
import type { Holder, ImageRef, ListenAddress, ShadowFacts } from '../../model/index.js';
import type { Host } from '../ports.js';
import type { VirtualClock } from './clock.js';
import type { CrashMoment, Faults, Life } from './faults.js';
import type { Behaviour, MemoryData, MemoryState } from './state.js';
import { keyOf } from './supervisor.js';
import { snapshotOf, type WorldSnapshot } from './world-snapshot.js';

export interface World {
  now(): number;
  /** Time passes; needed only with `clock: 'manual'`, or when nobody sleeps. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock, also backwards. */
  setClock(now: number): void;

  addImage(...images: readonly ImageRef[]): void;
  removeImage(file: string): void;
  /** How services of this image behave from their next start on; `service` narrows it to one. */
  script(image: ImageRef, behaviour: Behaviour, service?: string): void;
  /** The same for rehearsals only. */
  scriptRehearsal(image: ImageRef, behaviour: Behaviour): void;
  fillDisk(full: boolean): void;
  /** Views of rehearsals have no space left. */
  fillViews(full: boolean): void;
  /** Live data that rehearsals took over is written to meanwhile. */
  tearViews(torn: boolean): void;
  /** What was run in services, `web/main: freeze`, and `copy of web` for live data that were copied, in order. */
  commands(): readonly string[];
  /** A program fails in services so many times from now on. */
  failProgram(program: string, times?: number): void;
  /** A program does not end by itself in services any more. `begun` is called at each start. */
  hangProgram(program: string, begun: () => void): void;
  /** The images are on a disk that gives no answer until the returned function is called. */
  slowDown(...images: readonly ImageRef[]): () => void;
  /** The image must be downloaded: that ends, well or with the error, when the returned function is called. */
  mustDownload(image: ImageRef): (error?: Error) => void;
  /** A host file or directory that definitions ask for (secret, mount source) is not there. */
  setMissing(path: string, missing: boolean): void;

  /** A stranger holds the rack's tree until the returned function is called. */
  hold(rack: string, holder?: Holder): () => void;
  /** A copy of the rack's tree is kept in another mount namespace until the returned function is called. */
  leak(rack: string, holder?: Holder): () => void;
  /** A program that is not ours listens on the address. */
  occupy(listen: ListenAddress | string, owner?: string): () => void;

  /** A service ends as if killed from outside; the restart policy goes on from there. */
  killService(rack: string, service: string, signal?: string): void;
  /** Its sockets are gone, its services have no owner any more. */
  killKeeper(): void;
  /** It does not answer, until called with false. */
  freezeKeeper(frozen: boolean): void;
  /** As root would by hand. */
  unmountTree(rack: string): void;
  unmountImage(image: ImageRef): void;
  /** The tree is there but not as made: other options, or a second mount on it. */
  spoilTree(rack: string): void;
  /** Something foreign is mounted at the rack's place. */
  mountForeign(rack: string): void;
  strayLayer(rack: string, generation: number): void;
  /** Services of this image write that into their tree when they start. */
  writesAtStart(image: ImageRef, text: string): void;
  /** What a service of the rack, or root, writes into its mounted tree. */
  write(rack: string, text: string): void;
  /** All that the rack's mounted tree shows of what was written, oldest first. */
  read(rack: string): readonly string[];
  /** What the rack's writable layer hides of the next image, by path; `why`: what keeps the look from being complete. */
  shadow(rack: string, facts: Readonly<Record<string, ShadowFacts>>, why?: string): void;
  /** Paths of what `shadow` said that are in the rack's writable layer now, sorted. */
  shadowed(rack: string): readonly string[];
  /** Rollouts that left files which were made to take the place of others: those that are committed have set these aside. */
  replacements(): number;
  /** The list of the rack's layers cannot be read, until the returned function is called. */
  damageManifest(rack: string): () => void;
  /** Something is mounted in the rack's data directory. */
  mountInData(rack: string, mounted: boolean): void;

  /** The n-th call from now (default 1) of `mounts.mountTree`, or of `mountTree` of any port, fails. */
  failOn(operation: string, nth?: number, error?: Error): void;
  /** The agent dies at the n-th call from now: everything of this life gets `Crash` from then on. */
  crashOn(operation: string, nth?: number, moment?: CrashMoment): void;
  clearFaults(): void;
  /** Calls so far of a qualified operation, over all lives. */
  calls(operation: string): number;
  /** Acting calls so far, qualified, in order. */
  trace(): readonly string[];
  clearTrace(): void;
  /** Puts another object with async methods (the store) under the same faults: `name.method`. Of the present life. */
  guard<T extends object>(name: string, target: T): T;

  /** kill -9 now. */
  crash(): void;
  /** A new life of the agent on the same machine; waits until the old one's last calls have returned. */
  restart(): Promise<Host>;
  /** Everything of the kernel and /run is gone, data kept, new boot id; a new life. */
  reboot(): Promise<Host>;

  /** With pids and generations: equal means that nothing was touched. */
  snapshot(): WorldSnapshot;
  /** Without pids, generations and counts: equal means that the same things run and lie about. */
  shape(): WorldSnapshot;
}

export interface WorldDeps {
  readonly state: MemoryState;
  readonly clock: VirtualClock;
  readonly faults: Faults;
  readonly life: () => Life;
  /** Begins the next life. */
  readonly begin: () => Host;
}

const stranger: Holder = { pid: 4_711, command: 'bash', how: 'cwd' };

export function createWorld({ state, clock, faults, life, begin }: WorldDeps): World {
  const restart = async (): Promise<Host> => {
    const last = life();
    last.kill('by the test');
    while (last.busy) await new Promise((resolve) => setImmediate(resolve));
    return begin();
  };
  const keep = (map: Map<string, Holder[]>, rack: string, holder: Holder): (() => void) => {
    map.set(rack, [...(map.get(rack) ?? []), holder]);
    return () => {
      const left = (map.get(rack) ?? []).filter((other) => other !== holder);
      if (left.length > 0) map.set(rack, left);
      else map.delete(rack);
      if (map === state.leaks && left.length === 0) state.living.delete(rack);
    };
  };
  const dataOf = (rack: string): MemoryData => {
    const data = state.data.get(rack);
    if (data === undefined) throw new Error(`no data of ${rack}`);
    return data;
  };
  return {
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    setClock: (now) => clock.set(now),

    addImage: (...images) => {
      for (const image of images) state.store.set(image.file, image);
    },
    removeImage: (file) => void state.store.delete(file),
    script: (image, behaviour, service) =>
      void state.behaviours.set(
        service === undefined ? image.sha256 : `${image.sha256}/${service}`,
        behaviour,
      ),
    scriptRehearsal: (image, behaviour) => void state.rehearsedBehaviours.set(image.sha256, behaviour),
    fillViews: (full) => {
      state.viewsFull = full;
    },
    tearViews: (torn) => {
      state.viewsTorn = torn;
    },
    commands: () => [...state.commands],
    failProgram: (program, times = Number.POSITIVE_INFINITY) =>
      void state.failingPrograms.set(program, times),
    hangProgram: (program, begun) => void state.hangingPrograms.set(program, begun),
    fillDisk: (full) => {
      state.diskFull = full;
    },
    mustDownload: ({ file }) => {
      const download = deferred<void>();
      download.promise.catch(() => {});
      state.downloads.set(file, download.promise);
      return (error) => (error === undefined ? download.resolve() : download.reject(error));
    },
    slowDown: (...images) => {
      let answer = (): void => {};
      const answered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      for (const { file } of images) state.slowImages.set(file, answered);
      return answer;
    },
    setMissing: (path, missing) => {
      if (missing) state.missingPaths.add(path);
      else state.missingPaths.delete(path);
    },

    hold: (rack, holder = { ...stranger }) => keep(state.holders, rack, holder),
    leak: (rack, holder = { ...stranger, how: 'mount namespace' }) => keep(state.leaks, rack, holder),
    occupy: (listen, owner = 'pid 815 (apache2)') => {
      const address = typeof listen === 'string' ? listen : listen.address;
      state.occupied.set(address, owner);
      return () => void state.occupied.delete(address);
    },

    killService: (rack, service, signal = 'SIGKILL') => {
      const found = state.services.get(keyOf(rack, service));
      if (found === undefined) throw new Error(`no service ${keyOf(rack, service)} to kill`);
      found.look(clock.now());
      found.exit(clock.now(), null, signal);
    },
    killKeeper: () => {
      for (const [key, service] of state.services) if (service.pid !== null) state.orphans.set(key, service);
      state.services.clear();
      state.sockets.clear();
      state.keeper = 'absent';
    },
    freezeKeeper: (frozen) => {
      state.keeper = frozen ? 'frozen' : 'running';
    },
    unmountTree: (rack) => void state.trees.delete(rack),
    unmountImage: (image) => void state.images.delete(image.sha256),
    spoilTree: (rack) => {
      const tree = state.trees.get(rack);
      if (tree === undefined) throw new Error(`no tree of ${rack} to spoil`);
      tree.asMade = false;
    },
    mountForeign: (rack) =>
      void state.trees.set(rack, {
        generation: 0,
        digest: '',
        layers: [],
        imageSha256: '',
        asMade: false,
        foreign: true,
      }),
    strayLayer: (rack, generation) => void state.strayLayers.add(`${rack}.${generation}`),
    write: (rack, text) => state.write(rack, text),
    writesAtStart: (image, text) => void state.writings.set(image.sha256, text),
    read: (rack) =>
      [...(state.trees.get(rack)?.layers ?? [])]
        .reverse()
        .flatMap((name) => state.data.get(rack)?.layers.get(name) ?? []),
    shadow: (rack, facts, why = '') => void state.shadows.set(rack, { facts, why }),
    shadowed: (rack) => Object.keys(state.shadows.get(rack)?.facts ?? {}).sort(),
    replacements: () => state.replacements.size,
    damageManifest: (rack) => {
      const data = dataOf(rack);
      const { manifest } = data;
      data.manifest = 'unreadable';
      return () => {
        data.manifest = manifest;
      };
    },
    mountInData: (rack, mounted) => {
      dataOf(rack).mounted = mounted;
    },

    failOn: (operation, nth = 1, error) => faults.failOn(operation, nth, error),
    crashOn: (operation, nth = 1, moment = 'before') => faults.crashOn(operation, nth, moment),
    clearFaults: () => faults.clear(),
    calls: (operation) => faults.calls(operation),
    trace: () => [...faults.trace],
    clearTrace: () => {
      faults.trace.length = 0;
    },
    guard: (name, target) => life().guard(name, target, true),

    crash: () => void life().kill('by the test'),
    restart,
    reboot: async () => {
      const last = life();
      last.kill('by a reboot');
      state.reboot();
      return restart();
    },

    snapshot: () => snapshotOf(state, true),
    shape: () => snapshotOf(state, false),
  };
}
