/**
 * The plan of a pass: single-rack decisions, the removal budget and the order among racks put together.
 * Pure: the same input gives the same plan, whatever order its lists are in. Nothing is planned on an unknown host.
 */
import { groupBy } from '../lib/index.js';
import type {
  DependentCheck,
  Explanation,
  ObservedState,
  Plan,
  RackRecord,
  RolloutJournal,
} from '../model/index.js';
import type { RackDecision } from './decision.js';
import type { PlanningInput } from './input.js';
import { noData } from './layers.js';
import { orderPlans } from './order.js';
import { planRack } from './rack.js';
import { decideRemovals } from './removal.js';

export interface PlanResult {
  readonly plan: Plan;
  /** Differences that nobody asked for, by rack. */
  readonly drift: ReadonlyMap<string, string>;
}

/** Decides everything that one pass does. */
export function planPass(input: PlanningInput): PlanResult {
  const { desired, observed } = input;
  if (observed.supervisor.state === 'unknown') return hostUnknown(input);
  const records = new Map(input.records.map((record) => [record.rack, record]));
  const journals = new Map(input.journals.map((journal) => [journal.rack, journal]));
  const wanted = new Map(desired.racks.map((rack) => [rack.name, rack]));
  const invalid = new Set(desired.invalid);
  const removals = decideRemovals(desired, input.records, input.prune);

  const dependents = dependentChecks(input.records);
  const view = observedByRack(observed);
  const data = new Map(input.data.map((item) => [item.rack, item]));
  const decisions: RackDecision[] = [];
  const installed = input.records.filter((record) => record.committed !== null).map((record) => record.rack);
  const names = new Set([...wanted.keys(), ...installed, ...journals.keys(), ...desired.invalid]);
  for (const rack of [...names].sort()) {
    const record = records.get(rack) ?? null;
    const decision = planRack({
      rack,
      desired: invalid.has(rack) ? null : (wanted.get(rack) ?? null),
      invalid: invalid.has(rack),
      record,
      journal: journals.get(rack) ?? null,
      remove: removals.remove.includes(rack),
      heldRemoval: removals.held.includes(rack) ? heldMessage(removals.message) : null,
      suspended: input.hostSuspended || record?.suspended != null,
      revision: desired.revision,
      dependents: dependents.get(rack) ?? [],
      observed: view(rack),
      data: data.get(rack) ?? noData(rack),
      freshHost: observed.trees.length === 0 && observed.supervisor.state === 'absent',
      now: input.now,
    });
    decisions.push(decision);
  }

  const explained = decisions.flatMap((decision) => decision.explanation);
  const ordered = orderPlans({
    plans: decisions.map((decision) => decision.plan),
    desired: wanted,
    records,
    blocked: blockedRacks(explained, wanted, records, journals, invalid),
  });
  return {
    plan: {
      revision: desired.revision,
      racks: ordered.plans,
      explanation: [...explained, ...ordered.explanation, ...retained(input.records, wanted)].sort(byRack),
      heldRemovals: removals.held,
    },
    drift: new Map(
      decisions.flatMap((decision) =>
        decision.drift === null ? [] : [[decision.plan.rack, decision.drift] as const],
      ),
    ),
  };
}

function hostUnknown(input: PlanningInput): PlanResult {
  const message =
    'the keeper runs but does not answer, so nobody knows what runs here; nothing is done until it does or it is killed';
  return {
    plan: {
      revision: input.desired.revision,
      racks: [],
      explanation: [{ rack: null, code: 'HostUnknown', message }],
      heldRemovals: [],
    },
    drift: new Map(),
  };
}

function heldMessage(reason: string): string {
  return `its removal is held: ${reason}; commit with the line "Rackops-Allow-Prune: N" or run: rackops sync --allow-prune N`;
}

/** Why a rack cannot be built upon: what Git asks of it is not, and will not be, what runs. */
function blockedRacks(
  explained: readonly Explanation[],
  wanted: ReadonlyMap<string, unknown>,
  records: ReadonlyMap<string, RackRecord>,
  journals: ReadonlyMap<string, RolloutJournal>,
  invalid: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const blocked = new Map<string, string>();
  const reasons: Partial<Record<Explanation['code'], string>> = {
    Quarantined: 'its version failed here',
    Stalled: 'its rollback has not succeeded yet',
    Suspended: 'it is suspended',
    Held: 'it failed and is held',
    DataUnreadable: 'its data cannot be read',
  };
  for (const { rack, code } of explained) {
    const reason = reasons[code];
    if (rack !== null && reason !== undefined) blocked.set(rack, reason);
  }
  for (const rack of invalid) blocked.set(rack, 'its definition is invalid');
  for (const [rack, record] of records) {
    if (wanted.has(rack) && record.health?.verdict === 'unhealthy') blocked.set(rack, 'it is unhealthy');
  }
  for (const [rack, journal] of journals) {
    if (journal.direction === 'rollback') blocked.set(rack, 'it is being rolled back');
  }
  return blocked;
}

/** By rack: the committed, healthy racks that depend on it and have probes; a rollout must not break them. */
function dependentChecks(records: readonly RackRecord[]): ReadonlyMap<string, readonly DependentCheck[]> {
  const checks = new Map<string, DependentCheck[]>();
  for (const record of records) {
    if (!record.committed || record.health?.verdict !== 'healthy') continue;
    const services = record.committed.desired.services.flatMap((service) =>
      service.health === null ? [] : [{ name: service.name, health: service.health }],
    );
    if (services.length === 0) continue;
    for (const name of record.committed.desired.dependsOn) {
      checks.set(name, [...(checks.get(name) ?? []), { rack: record.rack, services }]);
    }
  }
  for (const list of checks.values()) list.sort((a, b) => (a.rack < b.rack ? -1 : 1));
  return checks;
}

/** The part of the observed state that speaks of one rack (images are shared), so that a thousand racks are planned in linear time. */
function observedByRack(observed: ObservedState): (rack: string) => ObservedState {
  const trees = groupBy(observed.trees, (item) => item.rack);
  const services = groupBy(observed.supervisor.services, (item) => item.rack);
  const sockets = groupBy(observed.supervisor.sockets, (item) => item.rack);
  return (rack) => ({
    ...observed,
    trees: trees.get(rack) ?? [],
    supervisor: {
      ...observed.supervisor,
      services: services.get(rack) ?? [],
      sockets: sockets.get(rack) ?? [],
    },
  });
}

function retained(
  records: readonly RackRecord[],
  wanted: ReadonlyMap<string, unknown>,
): readonly Explanation[] {
  return records
    .filter((record) => record.removedAt !== null && record.committed === null && !wanted.has(record.rack))
    .map((record) => ({
      rack: record.rack,
      code: 'DataRetained' as const,
      message: `removed; its writable directory stays until you run: rackops purge ${record.rack}`,
    }));
}

function byRack(a: Explanation, b: Explanation): number {
  const left = a.rack ?? '';
  const right = b.rack ?? '';
  return left < right ? -1 : left > right ? 1 : 0;
}
