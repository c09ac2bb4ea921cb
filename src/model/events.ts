/**
 * Typed events: code that acts calls `emit`, one sink in telemetry/ turns them into log lines, progress output and metrics.
 * Codes and payloads are stable; text is not part of them.
 */
import type { RackAction, StepKind } from './plan.js';
import type { ProbeResult } from './probe.js';
import type { Problem } from './problem.js';
import type { Failure, RolloutPhase } from './records.js';

export type Event =
  | { readonly code: 'PassStarted'; readonly pass: string; readonly trigger: string }
  | {
      readonly code: 'PassEnded';
      readonly pass: string;
      readonly result: 'ok' | 'failed' | 'partial';
      readonly revision: string | null;
      readonly changed: boolean;
      readonly durationMs: number;
    }
  | { readonly code: 'RevisionSeen'; readonly revision: string; readonly previous: string | null }
  | {
      readonly code: 'SourceFailed';
      readonly error: string;
      readonly message: string;
      readonly retryInMs: number | null;
    }
  | { readonly code: 'SourceRecovered' }
  | { readonly code: 'MirrorRemade'; readonly reason: string }
  | { readonly code: 'ProblemFound'; readonly problem: Problem; readonly revision: string }
  | { readonly code: 'ProblemGone'; readonly file: string; readonly problemCode: string }
  | {
      readonly code: 'RackStarted';
      readonly rack: string;
      readonly action: RackAction;
      readonly reason: string;
    }
  | {
      readonly code: 'StepStarted';
      readonly rack: string;
      readonly step: StepKind;
      readonly phase: RolloutPhase | null;
    }
  | {
      readonly code: 'StepEnded';
      readonly rack: string;
      readonly step: StepKind;
      readonly phase: RolloutPhase | null;
      readonly durationMs: number;
      readonly detail: string;
    }
  | {
      readonly code: 'StepFailed';
      readonly rack: string;
      readonly step: StepKind;
      readonly phase: RolloutPhase | null;
      readonly durationMs: number;
      readonly error: string;
      readonly message: string;
    }
  /** Of an image only what an older one lacks was downloaded. */
  | {
      readonly code: 'DeltaFetched';
      readonly rack: string;
      readonly image: string;
      readonly place: string;
      readonly fetchedBytes: number;
      readonly wholeBytes: number;
    }
  /** The source is to offer differences, and has none for this image: all of it is downloaded. */
  | { readonly code: 'DeltaAbsent'; readonly rack: string; readonly image: string; readonly place: string }
  /** So did this one, and it came to nothing: all of the image is downloaded. */
  | {
      readonly code: 'DeltaFailed';
      readonly rack: string;
      readonly image: string;
      readonly place: string;
      readonly message: string;
    }
  | { readonly code: 'Progress'; readonly rack: string; readonly step: StepKind; readonly detail: string }
  | { readonly code: 'RolledBack'; readonly rack: string; readonly failure: Failure }
  | {
      readonly code: 'RackEnded';
      readonly rack: string;
      readonly action: RackAction;
      readonly outcome: 'done' | 'rolled-back' | 'failed' | 'waiting';
      readonly message: string;
      readonly durationMs: number;
    }
  | { readonly code: 'DriftFound'; readonly rack: string; readonly message: string }
  | { readonly code: 'RemovalHeld'; readonly racks: readonly string[]; readonly message: string }
  | {
      readonly code: 'HealthChanged';
      readonly rack: string;
      readonly service: string;
      readonly probe: ProbeResult;
      readonly verdict: 'healthy' | 'unhealthy';
    }
  | {
      readonly code: 'ImagesPruned';
      /** Names, or paths where no name is known. */
      readonly images: readonly string[];
      readonly bytes: number;
    }
  /** Told when a check finds it and did not find it before. */
  | {
      readonly code: 'ImageDamaged';
      readonly image: string;
      readonly path: string;
      readonly racks: readonly string[];
      readonly message: string;
    }
  | { readonly code: 'Warning'; readonly warning: string; readonly message: string }
  | { readonly code: 'BugFound'; readonly message: string; readonly stack: string };

/** Handed down to every floor that acts. */
export type Emit = (event: Event) => void;
