/**
 * Health of committed racks at the end of a pass without an agent: probes until each verdict is there, all racks at once, and writes what changed.
 * It reports only; it must never restart or roll back anything, and no rack that is down, suspended or in a rollout is asked.
 */
import type { Host } from '../host/index.js';
import type { DesiredService, Emit, Health, ObservedState, RackOutcome, RackRecord } from '../model/index.js';
import { countProbe, noProbesYet, type ProbeCount } from '../probes/index.js';
import type { Store } from '../store/index.js';

export interface ProbingDeps {
  readonly host: Pick<Host, 'clock' | 'probes'>;
  readonly store: Pick<Store, 'records' | 'record' | 'journals' | 'hostSuspended' | 'writeRecord'>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

interface Probed {
  readonly verdict: Health;
  readonly at: string | null;
}

/** A person waits for the answer: probes are at most this far apart, ms. */
const longestPauseMs = 1_000;

/** Verdicts by `rack/service`, for the status. `outcomes`: what this pass did; a rollout that ended has verified its rack. */
export async function probeCommitted(
  deps: ProbingDeps,
  outcomes: readonly RackOutcome[],
  observed: ObservedState,
): Promise<ReadonlyMap<string, Probed>> {
  const verdicts = new Map<string, Probed>();
  if ((await deps.store.hostSuspended()) !== null) return verdicts;
  const adopted = new Set(outcomes.filter(({ action }) => action === 'adopt').map(({ rack }) => rack));
  const busy = new Set([
    ...(await deps.store.journals()).map(({ rack }) => rack),
    ...outcomes.filter(wasVerified).map(({ rack }) => rack),
  ]);
  const racks = (await deps.store.records()).filter(
    ({ rack, committed, suspended }) =>
      committed !== null && suspended === null && !busy.has(rack) && runs(observed, rack),
  );
  await Promise.all(
    racks.map(async (record) => {
      const services = (record.committed?.desired.services ?? []).filter(({ health }) => health !== null);
      if (services.length === 0) return;
      const before = adopted.has(record.rack) ? 'unknown' : (record.health?.verdict ?? 'unknown');
      const found = await Promise.all(
        services.map((service) => probeService(deps, record, service, before, observed)),
      );
      const at = new Date(deps.host.clock.now()).toISOString();
      services.forEach((service, index) => {
        const verdict = found[index] ?? 'unknown';
        if (verdict !== 'unknown') verdicts.set(`${record.rack}/${service.name}`, { verdict, at });
      });
      await writeVerdict(deps, record.rack, worst(found), at);
    }),
  );
  return verdicts;
}

/** The verdict of one service; `unknown` when there is none within the rack's rollout timeout, or when the check cannot be made. */
async function probeService(
  deps: ProbingDeps,
  record: RackRecord,
  service: DesiredService,
  before: Health,
  observed: ObservedState,
): Promise<Health> {
  const { clock, probes } = deps.host;
  const { health } = service;
  if (health === null || record.committed === null) return 'unknown';
  const startedAt =
    observed.supervisor.services.find((item) => item.rack === record.rack && item.service === service.name)
      ?.startedAt ?? 0;
  const until = clock.now() + record.committed.desired.rollout.timeoutMs;
  // One that was just started is given its start period; what was known of the one before it says nothing.
  const isNew = clock.now() - startedAt < health.startPeriodMs;
  let count: ProbeCount = isNew ? noProbesYet : { ...noProbesYet, verdict: before };
  for (let unanswered = 0; ; ) {
    const target = { rack: record.rack, service: service.name };
    const result = await probes.probe(health.check, health.timeoutMs, target, deps.signal);
    count = countProbe(count, result, health, result.at - startedAt);
    unanswered = result.result === 'unknown' ? unanswered + 1 : 0;
    if (isSettled(count)) {
      const { verdict } = count;
      if (verdict !== before && verdict !== 'unknown')
        deps.emit({ code: 'HealthChanged', ...target, probe: result, verdict });
      return verdict;
    }
    const pauseMs = Math.min(health.intervalMs, longestPauseMs);
    if (unanswered >= health.unhealthyAfter || clock.now() + pauseMs > until) return 'unknown';
    try {
      await clock.sleep(pauseMs, deps.signal);
    } catch {
      return 'unknown';
    }
  }
}

/** The last result agrees with the verdict: more probes would say the same. */
function isSettled({ verdict, successes, failures }: ProbeCount): boolean {
  return (verdict === 'healthy' && successes > 0) || (verdict === 'unhealthy' && failures > 0);
}

function wasVerified({ action, outcome }: RackOutcome): boolean {
  const verifies = ['install', 'swap', 'continue', 'rollback'].includes(action);
  return verifies && (outcome === 'done' || outcome === 'rolled-back');
}

function runs(observed: ObservedState, rack: string): boolean {
  return observed.supervisor.services.some(
    (item) => item.rack === rack && (item.state === 'running' || item.state === 'starting'),
  );
}

/** A rack shows its worst service. */
function worst(verdicts: readonly Health[]): Health {
  if (verdicts.includes('unhealthy')) return 'unhealthy';
  return verdicts.includes('unknown') ? 'unknown' : 'healthy';
}

async function writeVerdict(deps: ProbingDeps, rack: string, verdict: Health, at: string): Promise<void> {
  const record = await deps.store.record(rack);
  if (!record?.committed || verdict === 'unknown' || record.health?.verdict === verdict) return;
  await deps.store.writeRecord({ ...record, health: { verdict, at } });
}
