/** What an error means for a rollout: a word for programs, a line for people, and whether the version is to blame. Pure. */
import { type Failure, RackError, type RolloutPhase } from '../model/index.js';

/** A verdict on the version although nothing was touched: tried again it would fail again, and the control says that it is not the host. */
const rehearsalFailed = 'RehearsalFailed';

const reasons: Readonly<Record<string, string>> = {
  E_START: 'StartFailed',
  E_PROBE_FAILED: 'ProbeFailed',
  E_REHEARSAL_FAILED: rehearsalFailed,
  E_INTERNAL: 'InternalError',
};

/** `E_IMAGE_NOT_FOUND` → `ImageNotFound`; condition reasons are CamelCase as in Kubernetes. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof RackError)) return 'InternalError';
  return reasons[error.code] ?? camelCase(error.code);
}

function camelCase(code: string): string {
  return code
    .replace(/^[EW]_/, '')
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}

/** The message with the hint; a bug is called one. */
export function messageOf(error: unknown): string {
  if (error instanceof RackError)
    return error.hint === undefined ? error.message : `${error.message} - ${error.hint}`;
  return `internal error: ${error instanceof Error ? error.message : String(error)}`;
}

export function failureOf(error: unknown, phase: RolloutPhase): Failure {
  const wantedBytes = error instanceof RackError ? error.wantedBytes : undefined;
  const failure = { reason: reasonOf(error), message: messageOf(error), phase };
  return wantedBytes === undefined ? failure : { ...failure, wantedBytes };
}

/** Looked for before the touch, and the version's own: its user or its program is not there. */
const versionsFault: ReadonlySet<string> = new Set(['StartFailed', 'User']);

const beforeTouch: ReadonlySet<RolloutPhase> = new Set(['begin', 'fetch', 'prepare', 'rehearse', 'touch']);

/** What only this host can mend; all of it is looked for before the touch, so trying again costs no outage. */
const hostsFault: ReadonlySet<string> = new Set([
  'Secret',
  'SourceMissing',
  'SourceTimeout',
  'SourceDenied',
  'DataUnreadable',
]);

/**
 * True when the failed digest is not to be tried again. Before the running version was touched, trying again costs nobody anything, unless a rehearsal has judged; a tree held by a
 * stranger at the stop is the stranger's fault and is looked for before the next stop. A version that cannot start would not start at the next pass either, and
 * everything else would be an outage at each pass.
 */
export function isQuarantined(failure: Failure): boolean {
  if (failure.reason === 'Interrupted' || failure.reason === rehearsalFailed) return true;
  if (hostsFault.has(failure.reason)) return false;
  if (versionsFault.has(failure.reason)) return true;
  if (beforeTouch.has(failure.phase)) return false;
  return !(failure.reason === 'Busy' && (failure.phase === 'stop' || failure.phase === 'unmount'));
}
