/**
 * The condition of one rack: one word, a reason for programs, a message for people. Pure; the order of the questions is the rank of the answers:
 * what a person must know first comes first.
 */
import type {
  Condition,
  Explanation,
  ImageRef,
  ObservedService,
  RackRecord,
  RolloutJournal,
} from '../model/index.js';

export interface ConditionInput {
  readonly record: RackRecord | null;
  readonly journal: RolloutJournal | null;
  readonly hostSuspended: boolean;
  /** What Git asks for; null when its file is invalid or gone. */
  readonly desired: { readonly image: ImageRef; readonly digest: string } | null;
  readonly invalid: string | null;
  readonly explanation: readonly Explanation[];
  readonly services: readonly ObservedService[];
  readonly supervisorKnown: boolean;
  readonly treeMounted: boolean;
  /** The image that it runs, when the last check found it damaged. */
  readonly damaged: { readonly message: string; readonly hint: string } | null;
}

export interface ConditionResult {
  readonly condition: Condition;
  readonly reason: string;
  readonly message: string;
}

export function conditionOf(input: ConditionInput): ConditionResult {
  const { record, journal, desired } = input;
  const committed = record?.committed ?? null;
  const said = (code: Explanation['code']): string | null =>
    input.explanation.find((item) => item.code === code)?.message ?? null;
  const is = (condition: Condition, reason: string, message: string): ConditionResult => ({
    condition,
    reason,
    message,
  });

  if (record?.suspended || input.hostSuspended) {
    return is('Suspended', 'Suspended', 'nothing is done until: rackops resume');
  }
  if (journal?.direction === 'rollback') {
    const why = journal.failure?.message ?? 'its rollout failed';
    return journal.rollbackAttempts > 0
      ? is('Stalled', 'RollbackFailed', `${why}; the way back failed ${journal.rollbackAttempts} times`)
      : is('Reconciling', 'RollingBack', why);
  }
  if (journal !== null)
    return is(
      'Reconciling',
      'RolloutInProgress',
      `rollout of ${journal.to.desired.image.file}, phase ${journal.phase}`,
    );
  if (!input.supervisorKnown) return is('Stalled', 'HostUnknown', 'the keeper does not answer');
  if (input.invalid !== null) return is('Failed', 'InvalidDefinition', input.invalid);
  const held = said('RemovalHeld');
  if (held !== null) return is('Reconciling', 'RemovalHeld', held);

  const quarantine = record?.quarantined.find((entry) => entry.digest === desired?.digest);
  if (quarantine !== undefined && desired?.digest !== committed?.desired.digest) {
    const running = committed === null ? 'nothing runs' : `${committed.desired.image.file} keeps running`;
    return is(
      'Failed',
      quarantine.reason,
      `${quarantine.image.file} failed: ${quarantine.message}; ${running}`,
    );
  }
  if (record?.held) return is('Failed', 'Held', `${record.held.message}; left as it is for you to look at`);
  if (record?.lastFailure && (desired === null || record.lastFailure.digest === desired.digest)) {
    return is('Failed', record.lastFailure.reason, record.lastFailure.message);
  }
  const unreadable = said('DataUnreadable');
  if (unreadable !== null) return is('Failed', 'DataUnreadable', unreadable);
  for (const code of ['DependencyNotReady', 'AddressHeld'] as const) {
    const message = said(code);
    if (message !== null) return is('Reconciling', code, message);
  }
  if (committed === null) return is('Reconciling', 'NotInstalled', 'not installed yet');
  const running = runningCondition(input, committed);
  if (running !== null) return running;
  if (desired !== null && desired.digest !== committed.desired.digest) {
    return is('Reconciling', 'ChangePending', `${desired.image.file} is not applied yet`);
  }
  // It still serves: the worst that can be said of a rack that is well otherwise.
  if (input.damaged !== null)
    return is('Failed', 'ImageDamaged', `${input.damaged.message} - ${input.damaged.hint}`);
  if (input.services.length > 0 && input.services.every((service) => service.pid === null)) {
    return is('Ready', 'Completed', 'its services have ended as they should');
  }
  const probed = committed.desired.services.some((service) => service.health !== null);
  return probed ? is('Ready', 'Healthy', '') : is('Ready', 'Unverified', 'running; it has no health check');
}

function runningCondition(
  input: ConditionInput,
  committed: NonNullable<RackRecord['committed']>,
): ConditionResult | null {
  const is = (condition: Condition, reason: string, message: string): ConditionResult => ({
    condition,
    reason,
    message,
  });
  if (!input.treeMounted)
    return is('Failed', 'NotMounted', 'its tree is not mounted; healed by the next pass');
  for (const service of committed.desired.services) {
    const seen = input.services.find((candidate) => candidate.service === service.name);
    if (seen === undefined)
      return is('Failed', 'NotRunning', `service "${service.name}" does not run; healed by the next pass`);
    const finished =
      seen.state === 'stopped' && seen.lastExit?.code === 0 && service.restart.policy !== 'always';
    // Between two tries of a restart it is `starting` without a process.
    const isDown = seen.pid === null && (seen.lastExit !== null || seen.startError !== null);
    if (isDown && !finished) {
      const exit = seen.lastExit?.signal ?? seen.lastExit?.code ?? '?';
      return is(
        'Failed',
        'ServiceFailed',
        seen.startError ?? `service "${service.name}" ended (${exit}) and is restarted with backoff`,
      );
    }
  }
  if (input.record?.health?.verdict === 'unhealthy')
    return is('Failed', 'Unhealthy', 'it runs, but its health checks fail');
  return null;
}
