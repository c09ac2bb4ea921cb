/** Which durations are too short or too long? Limits by field; how a duration is written is the schema's matter. */
import { formatDurationMs, parseDurationMs } from '../lib/index.js';
import type { Fields } from './fields.js';
import { type Finding, quoted } from './finding.js';

interface Limits {
  readonly field: string;
  readonly minMs: number;
  readonly maxMs: number;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** `*` stands for any key. */
const limits: readonly Limits[] = [
  { field: '/services/*/stop/timeout', minMs: second, maxMs: 10 * minute },
  // A service that fails at once must not keep the machine busy: with doubling, a tenth of a second is harmless.
  { field: '/services/*/restart/delay', minMs: 100, maxMs: hour },
  { field: '/services/*/restart/maxDelay', minMs: 100, maxMs: hour },
  { field: '/services/*/health/interval', minMs: 50, maxMs: hour },
  { field: '/services/*/health/timeout', minMs: 10, maxMs: 5 * minute },
  { field: '/services/*/health/startPeriod', minMs: 0, maxMs: hour },
  { field: '/rollout/bake', minMs: 0, maxMs: 24 * hour },
  { field: '/rollout/timeout', minMs: second, maxMs: 24 * hour },
  { field: '/rollout/quiesce/timeout', minMs: second, maxMs: 5 * minute },
  { field: '/steps/*/timeout', minMs: second, maxMs: 24 * hour },
  { field: '/repository/timeout', minMs: second, maxMs: hour },
];

/** Findings for durations outside their limits, and for `maxDelay` below `delay`. */
export function durationFindings(fields: Fields): readonly Finding[] {
  const findings: Finding[] = [];
  for (const limit of limits) {
    for (const { pointer, value } of fields.each(limit.field)) {
      const ms = typeof value === 'string' ? parseDurationMs(value) : null;
      if (ms === null || (ms >= limit.minMs && ms <= limit.maxMs)) continue;
      findings.push(
        fields.finding(
          pointer,
          'E_RANGE',
          `${quoted(String(value))} is not ${rangeText(limit)}`,
          'correct the duration',
        ),
      );
    }
  }
  for (const { pointer, value } of fields.each('/services/*/restart')) {
    const delay = fields.text(`${pointer}/delay`) ?? '1s';
    const maxDelay = fields.text(`${pointer}/maxDelay`);
    if (value === null || maxDelay === null) continue;
    if ((parseDurationMs(maxDelay) ?? Number.POSITIVE_INFINITY) >= (parseDurationMs(delay) ?? 0)) continue;
    findings.push(
      fields.finding(
        `${pointer}/maxDelay`,
        'E_RANGE',
        `${quoted(maxDelay)} is shorter than delay, ${quoted(delay)}`,
        'make it at least as long as delay',
      ),
    );
  }
  return findings;
}

/** Limits of the field at a pointer, or null. */
export function durationLimits(pointer: string): Limits | null {
  return limits.find(({ field }) => matches(field, pointer)) ?? null;
}

/** `from 1s to 10m`. */
export function rangeText({ minMs, maxMs }: { readonly minMs: number; readonly maxMs: number }): string {
  return `from ${minMs === 0 ? '0s' : formatDurationMs(minMs)} to ${formatDurationMs(maxMs)}`;
}

function matches(field: string, pointer: string): boolean {
  const wanted = field.split('/');
  const found = pointer.split('/');
  return (
    wanted.length === found.length && wanted.every((part, index) => part === '*' || part === found[index])
  );
}
