/**
 * The event sink: typed events become pino lines. One fixed message per event code, everything else in fields. A problem or a failure of the source is logged when
 * it appears and when it goes, not at every pass.
 */
import { pino } from 'pino';
import { assertNever } from '../lib/index.js';
import type { Emit, Event } from '../model/index.js';
import { StateChanges } from './changes.js';
import { redactDeep } from './redact.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Lines go to descriptor 2, written at once: the last line before a crash is the one that is needed. */
export function createLog(options: {
  readonly level: string;
  readonly destination?: { write(line: string): void };
}): Emit {
  const stream = options.destination ?? pino.destination({ dest: 2, sync: true });
  const logger = pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  const changes = new StateChanges();
  let pass: string | null = null;
  return (event) => {
    if (event.code === 'PassStarted') pass = event.pass;
    for (const item of changes.filter(event)) {
      const level = levelOf(item);
      if (!logger.isLevelEnabled(level)) continue;
      const { code, ...fields } = item;
      const bindings = pass === null ? { event: code } : { event: code, pass };
      try {
        logger[level](redactDeep({ ...bindings, ...fields }), messages[code]);
      } catch {
        // A full disk behind the log must not fail the step that is told of.
      }
    }
    if (event.code === 'PassEnded') pass = null;
  };
}

const messages: { readonly [K in Event['code']]: string } = {
  PassStarted: 'pass started',
  PassEnded: 'pass ended',
  RevisionSeen: 'new revision',
  SourceFailed: 'the repository cannot be read',
  SourceRecovered: 'the repository can be read again',
  MirrorRemade: 'the mirror was made anew',
  ProblemFound: 'a definition is wrong',
  ProblemGone: 'a definition is right again',
  RackStarted: 'work on a rack started',
  StepStarted: 'step started',
  StepEnded: 'step ended',
  StepFailed: 'step failed',
  DeltaFetched: 'only the difference of an image was downloaded',
  DeltaAbsent: 'no difference of an image is offered, all of it is downloaded',
  DeltaFailed: 'the difference of an image is of no use, all of it is downloaded',
  Progress: 'progress',
  RolledBack: 'rolling back',
  RackEnded: 'work on a rack ended',
  DriftFound: 'drift found',
  RemovalHeld: 'removals are held',
  HealthChanged: 'health changed',
  ImagesPruned: 'images that nothing needs were deleted',
  ImageDamaged: 'an image is damaged',
  Warning: 'warning',
  BugFound: 'internal error',
};

/** error: a person must act; warn: it is tried again; info: one line a change; debug: everything else. */
export function levelOf(event: Event): LogLevel {
  switch (event.code) {
    case 'BugFound':
    case 'ImageDamaged':
      return 'error';
    case 'SourceFailed':
    case 'MirrorRemade':
    case 'StepFailed':
    case 'RolledBack':
    case 'DriftFound':
    case 'RemovalHeld':
    case 'DeltaFailed':
    case 'Warning':
      return 'warn';
    case 'ProblemFound':
      return event.problem.severity === 'error' ? 'error' : 'warn';
    case 'RackEnded':
      return event.outcome === 'done' ? 'info' : event.outcome === 'waiting' ? 'warn' : 'error';
    case 'HealthChanged':
      return event.verdict === 'healthy' ? 'info' : 'error';
    case 'PassEnded':
      return event.changed ? 'info' : 'debug';
    case 'RevisionSeen':
    case 'SourceRecovered':
    case 'ProblemGone':
    case 'RackStarted':
    case 'StepEnded':
    case 'ImagesPruned':
    case 'DeltaFetched':
    case 'DeltaAbsent':
      return 'info';
    case 'PassStarted':
    case 'StepStarted':
    case 'Progress':
      return 'debug';
    default:
      return assertNever(event, 'event');
  }
}
