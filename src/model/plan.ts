/**
 * A plan is data. Deciding (planning/) and acting (apply/) meet only here: every step carries resolved values, no choice is left for run time,
 * and every step is an *ensure*: doing it again after success changes nothing, doing it after a crash in its middle finishes it.
 * Undoing is a list of steps as well (`rollback`), not a second kind of handler: docs/adr/0003.
 */
import type {
  DesiredRack,
  DesiredService,
  HealthCheck,
  ImageRef,
  ListenAddress,
  Quiesce,
} from './desired.js';
import type { LayerName, LayerStack, Snapshot } from './layers.js';
import type { RackPath } from './paths.js';
import type { CommittedRack, Failure, RolloutPhase, TreeIdentity } from './records.js';
import type { ShadowDrop, ShadowPolicy } from './shadow.js';

/** A place in the rack's tree that a mount needs; made in the generated layer where the image lacks it. */
export interface MountPoint {
  readonly path: RackPath;
  readonly kind: 'directory' | 'file';
}

/** All that is needed to mount a merged tree. */
export interface TreeSpec extends TreeIdentity {
  readonly rack: string;
  readonly image: ImageRef;
  readonly mountPoints: readonly MountPoint[];
}

/**
 * What is rehearsed: a definition and the tree that its view shows. `desired` bears the live rack's name; `rehearsedRack` gives the other one.
 */
export interface RehearsalSpec {
  /** The definition tried (the candidate) or the one that runs (the control). Its paths are the rack's, those of its mount sources the host's. */
  readonly desired: DesiredRack;
  /**
   * Image and mount points of `desired`; `layer` and `sealed` name the live layers. Where the rollout will seal, the candidate's `layer` is the one to come: a view is of what is there, so
   * that one is shown only if it exists. Nothing is mounted at the rack's own place.
   */
  readonly tree: TreeSpec;
}

/** Payload of each step kind. Every step also has `rack`. */
export interface StepPayloads {
  /** Journal: rollout, from, to. Phase begin. `resume` is set when a journal of an earlier pass is continued. */
  begin: {
    readonly from: CommittedRack | null;
    readonly to: { readonly desired: DesiredRack; readonly tree: TreeIdentity };
    /** The data of the stop become no snapshot. */
    readonly discards: boolean;
    /** What leaves the writable layer at the swap, as far as it is known by now. */
    readonly drops: readonly ShadowDrop[];
    readonly resume: { readonly rolloutId: string; readonly triesLeft: number } | null;
  };
  /** Image in the store, hashed, by our own rules. `from`: what runs now, of which much may be in it; null when nothing does. Phase fetch. */
  fetchImage: { readonly image: ImageRef; readonly from: ImageRef | null };
  /** Shared read-only mount of the image. Phase prepare. */
  mountImage: { readonly image: ImageRef };
  /** Writable layer and generated layer exist, space is there, no foreign holder of the running tree. Phase prepare. */
  prepareTree: {
    readonly tree: TreeSpec;
    /**
     * A layer will be sealed in this rollout, the first of `tree.sealed`: it is walked now, before the stop, and what writing to its files over 64 MiB will cost is told, in the progress and
     * in the history. False: nothing is sealed, and nothing walked. It does not seal; `sealLayer` does.
     */
    readonly seals: boolean;
  };
  /**
   * What the writable layers hide of the new image is told, and what is to leave them at the swap is remembered. Fails when something is hidden that nobody allowed to be; a look that says nothing
   * is told and gone on from, unless the definition relies on it. Writes nothing. Phase prepare; only where the image changes.
   */
  reportShadow: {
    readonly from: { readonly image: ImageRef; readonly stack: LayerStack };
    readonly tree: TreeSpec;
    readonly policy: ShadowPolicy;
  };
  /** What takes the place of files that are set aside is made beside the layers: nothing is copied in the gap. Fails without space. Phase prepare. */
  prepareAside: { readonly stack: LayerStack; readonly running: ImageRef; readonly next: ImageRef };
  /** Nothing is left of that, where nothing was set aside yet. `rolloutId`: an earlier one's; null: this one's. */
  discardAside: { readonly rolloutId: string | null };
  /** What of the definition depends on the host is there: mount sources, secrets. Phase prepare. */
  checkInputs: { readonly desired: DesiredRack };
  /**
   * Everything that the services' start needs is looked up in a view of the tree to come, and written down; what `checkInputs` looks for is looked for as well.
   * For a swap: done here, it is out of the gap. Phase prepare.
   */
  writeBundles: { readonly desired: DesiredRack; readonly tree: TreeSpec };
  /**
   * The new version proved itself on a throw-away view of the live writable layer, or nobody can say. Fails only when it failed and the running definition
   * passed the same. Nothing of the view is left, whatever came of it. Phase rehearse.
   */
  rehearse: {
    readonly candidate: RehearsalSpec;
    readonly control: RehearsalSpec;
    /** Of the running version: each view is of a copy that is made while its service is frozen. Null: of the live layer. */
    readonly quiesce: Quiesce | null;
  };
  /** Nothing of a rehearsal is left: after a crash in the middle of one, which may also have left a service frozen. */
  discardRehearsal: { readonly thaw: Quiesce | null };
  /** The supervisor holds these sockets (and keeps those it has). Phase prepare. */
  openSockets: { readonly listen: readonly ListenAddress[] };
  /** Journal the point from which a crash costs a try; flush the writable layer. Phase touch. */
  touch: Record<never, never>;
  /**
   * These services are stopped, in this order, their cgroups empty; nobody else holds the tree. Phase stop.
   * Services that run as `keepGeneration` are left alone: in a rollback, the old version that was not stopped yet.
   */
  stopServices: { readonly services: readonly StopSpec[]; readonly keepGeneration: number | null };
  /** No tree of the rack but `keep` is mounted, and every other overlay of it is proved dead. Phase unmount. */
  unmountTree: { readonly keep: TreeIdentity | null };
  /**
   * The layer that was written to is sealed: nobody writes to it any more, an empty one with the same face lies on it, and the manifest says so. Copies nothing.
   * Phase seal; only with `rollout.data: restore`, or when a person asked for a snapshot.
   */
  sealLayer: { readonly stack: LayerStack; readonly snapshots: readonly Snapshot[] };
  /**
   * The entries that the rollout drops are out of the layer that is written to, and beside the layers: restorable; what was made to replace some is in their place. Nothing is mounted on it. Phase seal; what is left of it after a crash is finished by the
   * next pass, forward by this step or back by `putBack`.
   */
  setAside: { readonly stack: LayerStack };
  /** Of a rollout that goes back: what it set aside is where it was. Does nothing where it set nothing aside; what the new version wrote in its place is beside the layers then. */
  putBack: { readonly stack: LayerStack };
  /** The merged tree is mounted as specified, read back from mountinfo. Phase mount. */
  mountTree: { readonly tree: TreeSpec };
  /** Every service runs, started in this order. Phase start. */
  startServices: {
    readonly generation: number;
    readonly desired: DesiredRack;
    /** Bundles that are there are started as they are: written for this start, or, going back, for an earlier one: that must not depend on today's secrets. */
    readonly reuse: boolean;
  };
  /** Probes in a row, then healthy and without a restart for `bakeMs`. Phase bake. */
  verify: {
    readonly services: readonly DesiredService[];
    readonly generation: number;
    readonly bakeMs: number;
    readonly timeoutMs: number;
    /** Racks that were healthy at the beginning and must still be at the end. */
    readonly dependents: readonly DependentCheck[];
    /** True after a rollback: a verdict on the old version is reported, it is no reason to go anywhere else. */
    readonly advisory: boolean;
  };
  /** The point of no return: one atomic rename carrying the rollout id. Phase commit. */
  commit: {
    readonly committed: Omit<CommittedRack, 'since'>;
    readonly event: 'installed' | 'swapped' | 'adopted' | 'sealed' | 'restored' | 'reset';
  };
  /** The supervisor holds exactly these sockets of the rack. */
  closeSockets: { readonly keep: readonly ListenAddress[] };
  /** Bundle, generated layer and files of one generation are gone. */
  releaseTree: { readonly generation: number };
  /** The rack's layers are exactly `keep`; the others are renamed aside, then deleted. One that a mount uses stays. */
  releaseLayers: {
    readonly stack: LayerStack;
    readonly snapshots: readonly Snapshot[];
    readonly keep: readonly LayerName[];
  };
  /** The shared mount of the image is gone, unless another tree uses it. */
  releaseImage: { readonly sha256: string };
  /** The journal of the rollout is gone. */
  closeJournal: Record<never, never>;
  /** After a rollback or an undo: failure remembered (quarantine where it is the version's), evidence, journal closed. */
  settle: {
    readonly to: { readonly desired: DesiredRack; readonly generation: number };
    readonly restored: CommittedRack | null;
    /** False: the same definition was put on other layers, so no version failed that could be remembered for it. */
    readonly blames: boolean;
  };
  /** `onFailure: hold`: keep what is there, committed as held. */
  hold: { readonly committed: Omit<CommittedRack, 'since'> };
  /** A removal begins: remembered before acting. */
  beginRemoval: { readonly revision: string };
  /** The rack leaves the inventory; its writable directory stays. */
  forget: { readonly revision: string };
}

export interface StopSpec {
  readonly service: string;
  readonly signal: string;
  readonly timeoutMs: number;
}

export interface DependentCheck {
  readonly rack: string;
  readonly services: readonly { readonly name: string; readonly health: HealthCheck }[];
}

export type StepKind = keyof StepPayloads;

/** One typed action on one rack: a union over `kind`. */
export type Step = {
  [K in StepKind]: { readonly kind: K; readonly rack: string } & Readonly<StepPayloads[K]>;
}[StepKind];

export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>;

export type RackAction =
  /** First installation. */
  | 'install'
  /** Another image or definition, with a stop. */
  | 'swap'
  /** Another digest, same `runDigest`: taken over without a stop. */
  | 'adopt'
  /** The host differs from what was committed: after a boot, or drift. */
  | 'heal'
  /** A rollout that a crash interrupted goes on. */
  | 'continue'
  /** A rollout that failed, or was interrupted too often, goes back. */
  | 'rollback'
  /** Out of Git, out of the host. */
  | 'remove'
  /** A rollout that was committed or never touched the running version is swept. */
  | 'sweep'
  | 'keep';

/** The work on one rack; a lane of its own: its failure is nobody else's. */
export interface RackPlan {
  readonly rack: string;
  readonly action: RackAction;
  /** For people: why, in one line. */
  readonly reason: string;
  readonly fromImage: ImageRef | null;
  readonly toImage: ImageRef | null;
  readonly steps: readonly Step[];
  /** Done, in order, when a step fails before the running version was touched. */
  readonly undo: readonly Step[];
  /** Done, in order, when a step fails from phase `touch` on. */
  readonly rollback: readonly Step[];
  /** These racks' lanes must have succeeded before (dependencies); a failure holds this rack. */
  readonly needs: readonly string[];
  /** These racks' lanes must have ended before, whatever came of them (a port changes hands; boot order). */
  readonly after: readonly string[];
  /** Set when the rollout's verdict is already known (a rollback that goes on). */
  readonly failure: Failure | null;
}

/** Why something is not done, or not yet: shown at the end of `plan` and by `why`. */
export interface Explanation {
  readonly rack: string | null;
  /** `Quarantined`, `Suspended`, `DependencyNotReady`, `RemovalHeld`, `AddressHeld`, `Stalled`, `InvalidDefinition`, `DataUnreadable`, `Unchanged` … */
  readonly code: ExplanationCode;
  readonly message: string;
}

export type ExplanationCode =
  | 'Unchanged'
  | 'Quarantined'
  | 'Suspended'
  | 'DependencyNotReady'
  | 'RemovalHeld'
  | 'AddressHeld'
  | 'Stalled'
  | 'Held'
  | 'InvalidDefinition'
  | 'DataUnreadable'
  | 'HostUnknown'
  | 'DataRetained';

export interface Plan {
  readonly revision: string | null;
  /** Sorted by rack name; racks with action `keep` have no steps. */
  readonly racks: readonly RackPlan[];
  readonly explanation: readonly Explanation[];
  /** Racks whose removal waits for an allowance, sorted. */
  readonly heldRemovals: readonly string[];
}

/** True when there is a step to do. */
export function hasSteps(plan: Plan): boolean {
  return plan.racks.some((rack) => rack.steps.length > 0);
}

const phases: Partial<Record<StepKind, RolloutPhase>> = {
  begin: 'begin',
  fetchImage: 'fetch',
  mountImage: 'prepare',
  prepareTree: 'prepare',
  reportShadow: 'prepare',
  prepareAside: 'prepare',
  checkInputs: 'prepare',
  writeBundles: 'prepare',
  openSockets: 'prepare',
  rehearse: 'rehearse',
  touch: 'touch',
  stopServices: 'stop',
  unmountTree: 'unmount',
  sealLayer: 'seal',
  setAside: 'seal',
  mountTree: 'mount',
  startServices: 'start',
  verify: 'bake',
  commit: 'commit',
};

/** Phase of the rollout table (`design.md` section 5) that a step kind belongs to; null for sweeping. */
export function phaseOf(kind: StepKind): RolloutPhase | null {
  return phases[kind] ?? null;
}
