/**
 * What one rack's lane carries from step to step while it is applied. Mutable on purpose and known to nobody outside apply/:
 * the host and the store are the truth, this is only the thread of one run.
 */

import type { Host } from '../host/index.js';
import { errorMessage, type Semaphore } from '../lib/index.js';
import type {
  ChangedFiles,
  Emit,
  Failure,
  ProbeResult,
  RackPlan,
  RolloutJournal,
  RolloutPhase,
  ShadowDrop,
  StepKind,
} from '../model/index.js';
import type { Store } from '../store/index.js';
import type { Errands } from './errands.js';

export interface ApplyDeps {
  readonly host: Host;
  readonly store: Store;
  readonly emit: Emit;
  /** Aborted when the agent must go: the lane parks its rollout and ends. */
  readonly signal: AbortSignal;
  /** Told of work that whoever ends this process must wait for, even after `signal`: a service stands still until it has ended. It may fail. */
  readonly waitFor?: (work: Promise<unknown>) => void;
  /** Where other passes will follow. Absent: a lane waits to the end. */
  readonly errands?: Pick<Errands, 'wait'>;
}

/** Places for what uses the machine; all lanes of a plan share them. */
export interface Slots {
  /** For what is done before anything is touched: it may take its time. */
  readonly ahead: Semaphore;
  /** For racks that nobody serves meanwhile. */
  readonly down: Semaphore;
  readonly rehearsals: Semaphore;
}

export interface Lane extends ApplyDeps {
  readonly slots: Slots;
  readonly plan: RackPlan;
  /** Runs what only waits for others outside of this machine: the place of the step under way goes to another lane meanwhile. */
  aside: <T>(work: () => Promise<T>) => Promise<T>;
  /** ms since the epoch. */
  readonly startedAt: number;
  rolloutId: string;
  journal: RolloutJournal | null;
  /** Latest phase that was reached; a sweeping step has none of its own. */
  phase: RolloutPhase;
  /** The record is written: the point of no return is behind. */
  committed: boolean;
  /** The try was given back because the agent must go. */
  isParked: boolean;
  /** From here on a failure needs the rollback list, and a crash costs a try. */
  touched: boolean;
  /** Known once a step failed, or from the start when a rollback goes on. */
  failure: Failure | null;
  /** Things worth telling that are no failure: a service that had to be killed, an unhealthy old version. */
  readonly notes: string[];
  readonly phases: { readonly phase: string; readonly durationMs: number }[];
  readonly probes: (ProbeResult & { readonly service: string })[];
  /** What a failed rehearsal left to look at; its services are gone by then. */
  rehearsed: Rehearsed | null;
  /** ms since the epoch: what changed since in the writable layer is the new version's. Null before the touch, and when a way back goes on. */
  touchedAt: number | null;
  /** What leaves the writable layer at the swap. */
  drops: readonly ShadowDrop[];
  /** Verdict of the last `verify`. */
  health: 'healthy' | 'unhealthy' | 'unknown';
}

export interface Rehearsed {
  readonly probes: Lane['probes'];
  /** Last lines of each service. */
  readonly output: Readonly<Record<string, readonly string[]>>;
  readonly changed: ChangedFiles;
}

export function openLane(deps: ApplyDeps, plan: RackPlan, slots: Slots): Lane {
  return {
    ...deps,
    plan,
    slots,
    aside: (work) => work(),
    startedAt: deps.host.clock.now(),
    rolloutId: deps.host.ids.next(),
    journal: null,
    phase: 'begin',
    touched: false,
    touchedAt: null,
    committed: false,
    isParked: false,
    failure: plan.failure,
    notes: [],
    phases: [],
    probes: [],
    rehearsed: null,
    drops: [],
    health: 'unknown',
  };
}

/** Progress of a long step, for people. */
export function progress(lane: Pick<Lane, 'emit' | 'plan'>, step: StepKind, detail: string): void {
  lane.emit({ code: 'Progress', rack: lane.plan.rack, step, detail });
}

/** Told, and gone on from. */
export function warn(lane: Lane, warning: string, error: unknown): void {
  lane.emit({ code: 'Warning', warning, message: `${lane.plan.rack}: ${errorMessage(error)}` });
}

export function isoNow(lane: Lane): string {
  return new Date(lane.host.clock.now()).toISOString();
}

/** Thrown between steps and out of waits when the agent must go, or the lane's work goes on without it; neither an error nor a retry. */
export class Parked extends Error {
  constructor(
    message = 'the agent was told to stop; continued by the next pass',
    readonly reason: 'Parked' | 'Downloading' = 'Parked',
  ) {
    super(message);
    this.name = 'Parked';
  }
}

export function throwIfParked(lane: Pick<Lane, 'signal'>): void {
  if (lane.signal.aborted) throw new Parked();
}
