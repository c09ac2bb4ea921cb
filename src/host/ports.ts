/**
 * Ports to the machine. Everything that touches the host goes through these; `linux/` is the real one, `memory/` has the same
 * written behaviour for tests (test/contract runs one suite against both). All ensures: done twice changes nothing.
 * Errors are `RackError`s with codes of the registry; nothing here decides.
 */
import type {
  ChangedFiles,
  DesiredRack,
  DesiredService,
  Holder,
  ImageRef,
  LayerName,
  LayerStack,
  ListenAddress,
  ObservedData,
  ObservedImage,
  ObservedSupervisor,
  ObservedTree,
  ProbeCheck,
  ProbeResult,
  RackPath,
  RehearsalSpec,
  ServiceSpec,
  ShadowDrop,
  Snapshot,
  StopResult,
  StopSpec,
  TreeSpec,
} from '../model/index.js';
import type { Images, StoredImages } from './image-ports.js';
import type { Shadows } from './shadow-port.js';

export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Ids {
  /** Sortable and unique on this host: `20261123t210405-x7k2`. */
  next(): string;
  /** [0, 1). */
  random(): number;
}

export interface Mounts {
  /** Mount table, loop devices: what of it is ours. Reads only, starts no process. */
  observe(): Promise<{
    readonly images: readonly ObservedImage[];
    readonly trees: readonly ObservedTree[];
    readonly strayLayers: readonly string[];
  }>;
  /** Squashfs at `readonly/<sha256>`, private loop device, ro,nosuid,nodev. The image was ensured before. */
  mountImage(image: ImageRef): Promise<void>;
  /** Gone, unless a tree uses it (then nothing happens, and the answer is false). Never lazy. */
  unmountImage(sha256: string): Promise<boolean>;
  /**
   * Writable layer directory with the mode, owner and xattrs of the image's root (or of the layer before it), overlay work directory, generated
   * layer with the mount points that the image lacks (parents with the image's mode and owner). On sealed layers the writable one is made by `sealLayer`. Needs the image mounted.
   * Refuses: less than 16 MiB or 100 inodes free (E_DISK_SPACE), redirect or metacopy attributes in the layer (E_OVERLAY_FEATURE),
   * more sealed layers than an overlay may have (E_LAYER_LIMIT), or one that is not there (E_LAYER_MISSING),
   * foreign holders of the rack's mounted tree (E_BUSY, naming them; processes of the rack's own cgroup do not count).
   */
  prepareTree(tree: TreeSpec): Promise<void>;
  /** Dirty data of the file system under the writable layers is on disk (syncfs). */
  syncData(rack: string): Promise<void>;
  /**
   * Processes that hold the rack's mounted tree, not counting those of the rack's own cgroups. `elsewhere`: only what an unmount would not notice, copies in other mount
   * namespaces and mounts made of it; a process of our own makes the unmount fail while all is still mounted.
   */
  holders(rack: string, where?: 'anywhere' | 'elsewhere'): Promise<readonly Holder[]>;
  /**
   * The merged tree is mounted at `active/<rack>`: overlay of fixed options, source string `treeSource(…)`, read back from mountinfo.
   * A tree that is mounted already with the same identity is left; another one is an error. Refuses while a generated layer's loop device of another
   * generation of this rack lives (E_LEAKED_MOUNT), and when a mount point is missing or a symbolic link in the merged tree (E_MOUNT_TARGET; unmounted again).
   */
  mountTree(tree: TreeSpec): Promise<void>;
  /**
   * Nothing of the rack is mounted, and within 2 s no loop device of its generated layers is left: the old overlay is dead in every namespace.
   * Also sweeps stray generated layers of the rack. Errors: E_BUSY, E_LEAKED_MOUNT, both naming the holders.
   */
  unmountTree(rack: string): Promise<void>;
  /** Generated layer file of this generation is gone. */
  releaseTree(rack: string, generation: number): Promise<void>;
  /** Stray mounts of a crash, generated layers and previews, are gone; returns what was swept. */
  sweep(): Promise<readonly string[]>;
}

export interface Data {
  /** Racks that have a directory under `readwrite/`, sorted. One directory read. */
  list(): Promise<readonly { readonly rack: string; readonly path: string }[]>;
  /** Bytes on disk of the rack's writable directory: a walk, so only asked for removed racks. */
  sizeBytes(rack: string): Promise<number>;
  /** The rack's layers and snapshots; null when it has no writable directory. Reads names and one small file, no layer. What cannot be read is said, never taken for absent. */
  observe(rack: string): Promise<ObservedData | null>;
  /**
   * The stack's top layer exists, empty when it was not there, with mode, owner and xattrs of the newest sealed one's root; the manifest says so, and both are on disk. The tree is not
   * mounted. Every moment of it leaves the sealed layers as they were. Errors: E_LAYER_MISSING; E_LAYER_LIMIT for more sealed layers than a tree may have; E_DATA_UNREADABLE when there is a manifest that
   * cannot be read, which is left as it is. Of these nothing was made.
   */
  sealLayer(rack: string, stack: LayerStack, snapshots: readonly Snapshot[]): Promise<void>;
  /**
   * All layers but `keep` are gone, with their work directories; what a mount uses stays. Also what an earlier call left half-deleted. The manifest says what is left.
   * Error: E_DATA_UNREADABLE as of `sealLayer`; nothing is gone then.
   */
  releaseLayers(
    rack: string,
    stack: LayerStack,
    snapshots: readonly Snapshot[],
    keep: readonly LayerName[],
  ): Promise<void>;
  /**
   * A layer that shows what these show on one another (newest first) exists under `mergedName`. They are sealed: read only, also while they are mounted. Built aside, synced, renamed into
   * place; ends without it when one of them goes meanwhile. Errors: E_DISK_SPACE; E_LAYER_DEPTH, with which one of them is unmergeable from then on; the signal's reason.
   */
  mergeLayers(rack: string, layers: readonly LayerName[], signal: AbortSignal): Promise<void>;
  /** Layers that this process could not merge and would not now either, because of what lies in them. Reads names only. */
  unmergeable(rack: string): Promise<readonly LayerName[]>;
  /** Files of the layer that changed since `sinceMs` (ms since the epoch): names only, bounded in number and time. Never throws. */
  changedFiles(rack: string, layer: LayerName, sinceMs: number): Promise<ChangedFiles>;
  /** Files of the layer that are bigger than 64 MiB: so much is copied when a service writes to each of them once it is sealed. */
  bigFiles(rack: string, layer: LayerName): Promise<{ readonly files: number; readonly bytes: number }>;
  /** The rack's writable directory, work directory and logs are gone: renamed aside, then deleted without following anything. Refuses while something is mounted at or below. */
  purge(rack: string): Promise<void>;
}

export interface Bundles {
  /**
   * OCI bundle of one service on the mounted tree: user looked up inside the rack, secrets read, files materialised read-only.
   * Errors: E_USER, E_SECRET, E_SOURCE_MISSING, E_SOURCE_DENIED (realpath outside the allow-list), E_START (command missing or not executable, with the reason).
   */
  write(rack: DesiredRack, service: DesiredService, generation: number): Promise<ServiceSpec>;
  /**
   * Bundles of all services of a tree that is not mounted yet: users and commands are looked up in a read-only view of its writable layer over its image, which
   * is mounted. Needs prepareTree. What the running version has in memory is read from the new image, so that the start need not wait for the disk. Errors, as of write.
   */
  prepare(rack: DesiredRack, tree: TreeSpec): Promise<void>;
  /**
   * What of the definition depends on the host and not on the tree is there: mount sources (existing, inside the allow-list), secrets of every
   * service readable. Writes nothing, needs no tree. Errors, as of write: E_SOURCE_MISSING, E_SOURCE_DENIED, E_SECRET.
   */
  check(rack: DesiredRack): Promise<void>;
  /**
   * The spec of a bundle that was written for this generation and is still there; null when it is gone. Reads no secret and no mount source, so that
   * a way back does not depend on them.
   */
  find(rack: DesiredRack, service: DesiredService, generation: number): Promise<ServiceSpec | null>;
  /** All bundles of the generation are gone. */
  remove(rack: string, generation: number): Promise<void>;
}

/** What is asked of one service is done in the order in which it was asked: a start asked for while it stops is done when it has stopped. */
export interface Supervisor {
  /** Starts no process: an absent supervisor is `absent`, one that does not answer in time `unknown`. */
  observe(): Promise<ObservedSupervisor>;
  /** The supervisor runs (started if need be; a new one first kills every rack cgroup of this run directory). */
  ensure(): Promise<void>;
  /**
   * Holds these sockets for the rack besides those it has; their options (backlog, mode, owner) are those of the version that was started last.
   * Errors: E_ADDRESS_IN_USE naming address and owner, E_SOURCE_MISSING and E_SOURCE_DENIED about the directory of a unix socket; then none of the new
   * ones is held.
   */
  openSockets(rack: string, listen: readonly ListenAddress[]): Promise<void>;
  /** Holds exactly `keep` of the rack's sockets; opens nothing. Without a supervisor nothing is held and nothing is started. */
  closeSockets(rack: string, keep: readonly ListenAddress[]): Promise<void>;
  /** Runs the service as specified, or leaves it when it already runs so. Error: E_START with the program, the path and the reason. */
  start(spec: ServiceSpec): Promise<void>;
  /** The service's cgroup is empty. Works without a supervisor too (kills the cgroup of an orphan). Error: E_STOP. */
  stop(rack: string, spec: StopSpec): Promise<StopResult>;
  /** Last lines of a service's output, oldest first, with time stamps. */
  lastOutput(rack: string, service: string, lines: number): Promise<readonly string[]>;
}

export interface Commands {
  /**
   * Runs a command inside a running service, as its user, without stdin; ends it after `timeoutMs` with all it started in its session. `exitCode` is null then; `output`
   * is the end of stdout and stderr together. Aborted, it is ended in the same way, and then the signal's reason is thrown. Error: E_NOT_RUNNING.
   */
  run(
    rack: string,
    service: string,
    command: readonly string[],
    limits: CommandLimits,
  ): Promise<{ readonly exitCode: number | null; readonly output: string }>;
}

export interface CommandLimits {
  readonly timeoutMs: number;
  /** Without it the command is ended by its timeout only. */
  readonly signal?: AbortSignal;
}

/** Calls `copy` once, while the data are at rest; fails when they cannot be, or when `copy` does. */
export type AtRest = (copy: (signal: AbortSignal) => Promise<void>) => Promise<void>;

/** Throw-away views of live racks: docs/adr/0012. What runs in one is started, probed and stopped under `rehearsalName(rack)`. */
/** What leaves the writable layer at the swap. `id`: of the rollout. */
export interface Leaving {
  readonly id: string;
  readonly drops: readonly ShadowDrop[];
}

export interface Rehearsals {
  /**
   * The view is there: a tree of the spec's image over the rack's live writable layers, that writes to a throw-away file system of limited size; its mount sources;
   * a network namespace with a loopback, and in it the definition's sockets. The live layers are read, never written to. The image was mounted before.
   * With `atRest` the layer that is written to is copied into the view's space, and the view is of that copy; the space is there and is big enough before it is called.
   * With `leaving` these entries have left it, in the view only; what replaces them was made by `Shadows.prepareAside`.
   * Errors: E_REHEARSAL when the host cannot do it (no space, no program, a mount source that is gone or not allowed, the kernel's refusal), E_MOUNT_TARGET when the tree lacks a mount point; call `discard` then.
   */
  open(spec: RehearsalSpec, atRest: AtRest | null, leaving?: Leaving): Promise<void>;
  /** The view has no space left: what runs in it fails for that reason. */
  isFull(rack: string): Promise<boolean>;
  /** What was written to the view; bounded in number and time. Never throws. */
  changedFiles(rack: string): Promise<ChangedFiles>;
  /** A file that was taken over into the view has changed in the live data since: what the view shows of it may never have been so. Never of a copy. */
  isTorn(rack: string): Promise<boolean>;
  /**
   * Nothing of a rehearsal of the rack is left, and its view is proved dead: no process, socket, mount, loop device, namespace, bundle, log, file. Errors: E_BUSY
   * naming the holders, E_LEAKED_MOUNT, E_STOP, E_KEEPER.
   */
  discard(rack: string): Promise<void>;
}

export interface Probes {
  /**
   * One check with a deadline; never throws. `target` says in which service an exec check runs, and in which network the others connect. Aborted, the command of an exec
   * check is ended at once, and the result is `unknown`.
   */
  probe(
    check: ProbeCheck,
    timeoutMs: number,
    target: { rack: string; service: string },
    signal: AbortSignal,
  ): Promise<ProbeResult>;
}

/** The machine, as handed down by the composition root. */
export interface Host {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly images: Images;
  readonly storedImages: StoredImages;
  readonly mounts: Mounts;
  readonly data: Data;
  readonly bundles: Bundles;
  readonly supervisor: Supervisor;
  readonly commands: Commands;
  readonly rehearsals: Rehearsals;
  readonly shadows: Shadows;
  readonly probes: Probes;
  bootId(): Promise<string>;
}

export type { RackPath };
