/**
 * Order among racks: who waits for whom, and who is held because what it needs is not there. Works on single-rack decisions as values.
 * `needs` = must have succeeded, `after` = must have ended.
 */
import {
  type DesiredRack,
  type Explanation,
  listenAddresses,
  type RackAction,
  type RackPlan,
  type RackRecord,
} from '../model/index.js';
import { conflictingAddresses } from './addresses.js';
import { keep } from './decision.js';

export interface OrderInput {
  readonly plans: readonly RackPlan[];
  readonly desired: ReadonlyMap<string, DesiredRack>;
  readonly records: ReadonlyMap<string, RackRecord>;
  /** Racks that are not as Git asks and will not be after this plan: held, invalid, quarantined, suspended, stalled. */
  readonly blocked: ReadonlyMap<string, string>;
}

/** Actions that move a rack to another definition. */
const moves: ReadonlySet<RackAction> = new Set(['install', 'swap', 'adopt']);

/** The plans with `needs` and `after`, and the racks that must wait with the reason why. */
export function orderPlans(input: OrderInput): {
  readonly plans: readonly RackPlan[];
  readonly explanation: readonly Explanation[];
} {
  const explanation: Explanation[] = [];
  const plans = new Map(input.plans.map((plan) => [plan.rack, plan]));
  const blocked = new Map(input.blocked);
  const hold: Hold = (rack, code, message) => {
    plans.set(rack, keep(rack));
    blocked.set(rack, message);
    explanation.push({ rack, code, message });
  };
  // A rack that is held no longer gives up its address and is nothing to build upon: that may hold the next one.
  for (;;) {
    const isSettled = !holdByDependency(input, plans, blocked, hold) && !holdByAddress(input, plans, hold);
    if (!isSettled) continue;
    const ordered = withEdges(input, plans);
    const cycle = findCycle(ordered);
    if (cycle === null) {
      return { plans: [...ordered.values()].sort((a, b) => (a.rack < b.rack ? -1 : 1)), explanation };
    }
    for (const name of cycle) {
      const circle = [...cycle, cycle[0]].join(' -> ');
      hold(name, 'AddressHeld', `waits for an address in a circle: ${circle}; move them in two commits`);
    }
  }
}

type Hold = (rack: string, code: Explanation['code'], message: string) => void;

/** A rack is not moved on while one it depends on is not as Git asks. True when one was held. */
function holdByDependency(
  input: OrderInput,
  plans: ReadonlyMap<string, RackPlan>,
  blocked: ReadonlyMap<string, string>,
  hold: Hold,
): boolean {
  for (const plan of plans.values()) {
    if (!moves.has(plan.action)) continue;
    const name = input.desired.get(plan.rack)?.dependsOn.find((dependency) => blocked.has(dependency));
    if (name === undefined) continue;
    hold(plan.rack, 'DependencyNotReady', `waits for "${name}": ${blocked.get(name)}`);
    return true;
  }
  return false;
}

/** A new address that another rack keeps holding: held before anything is stopped. True when one was held. */
function holdByAddress(input: OrderInput, plans: ReadonlyMap<string, RackPlan>, hold: Hold): boolean {
  for (const plan of plans.values()) {
    const desired = input.desired.get(plan.rack);
    if (!moves.has(plan.action) || desired === undefined) continue;
    const owner = clashes(plan.rack, desired, input).find(({ rack }) => {
      const other = plans.get(rack);
      return other === undefined || !releases(other);
    });
    if (owner === undefined) continue;
    const what = `"${owner.rack}" listens on ${owner.addresses.join(', ')} and keeps running`;
    hold(plan.rack, 'AddressHeld', `${what}; wait until it is removed or moved`);
    return true;
  }
  return false;
}

/** Racks whose committed version holds an address that this one wants. */
function clashes(
  rack: string,
  desired: DesiredRack,
  input: OrderInput,
): readonly { readonly rack: string; readonly addresses: readonly string[] }[] {
  const wanted = listenAddresses(desired);
  if (wanted.length === 0) return [];
  return [...input.records].flatMap(([name, { committed }]) => {
    if (name === rack || committed === null) return [];
    const addresses = conflictingAddresses(wanted, listenAddresses(committed.desired));
    return addresses.length === 0 ? [] : [{ rack: name, addresses }];
  });
}

function releases(plan: RackPlan): boolean {
  return plan.action === 'remove' || moves.has(plan.action);
}

/** Racks that go too and that depended on this one: they go first. */
function removedDependents(rack: string, input: OrderInput, plans: ReadonlyMap<string, RackPlan>): string[] {
  return [...input.records.values()]
    .filter(
      (record) =>
        record.committed?.desired.dependsOn.includes(rack) && plans.get(record.rack)?.action === 'remove',
    )
    .map((record) => record.rack);
}

/** `needs` and `after` of each plan; only racks with work to do are waited for. */
function withEdges(input: OrderInput, plans: ReadonlyMap<string, RackPlan>): ReadonlyMap<string, RackPlan> {
  const hasWork = (name: string): boolean => (plans.get(name)?.steps.length ?? 0) > 0;
  const ordered = new Map<string, RackPlan>();
  for (const plan of plans.values()) {
    const desired = input.desired.get(plan.rack);
    const dependsOn = desired?.dependsOn ?? input.records.get(plan.rack)?.committed?.desired.dependsOn ?? [];
    const isMove = moves.has(plan.action);
    const needs = isMove ? dependsOn.filter(hasWork) : [];
    const after = new Set<string>();
    if (plan.action === 'heal' || plan.action === 'continue') for (const name of dependsOn) after.add(name);
    if (plan.action === 'remove')
      for (const name of removedDependents(plan.rack, input, plans)) after.add(name);
    if (isMove && desired) for (const { rack } of clashes(plan.rack, desired, input)) after.add(rack);
    ordered.set(plan.rack, { ...plan, needs: [...needs].sort(), after: [...after].filter(hasWork).sort() });
  }
  return ordered;
}

/** Racks that wait for one another: two that exchange an address cannot both go first. Null when there is no such circle. */
function findCycle(plans: ReadonlyMap<string, RackPlan>): readonly string[] | null {
  const done = new Set<string>();
  const visit = (rack: string, path: readonly string[]): readonly string[] | null => {
    if (done.has(rack)) return null;
    if (path.includes(rack)) return path.slice(path.indexOf(rack));
    const plan = plans.get(rack);
    for (const next of [...(plan?.needs ?? []), ...(plan?.after ?? [])]) {
      const cycle = visit(next, [...path, rack]);
      if (cycle !== null) return cycle;
    }
    done.add(rack);
    return null;
  };
  for (const rack of [...plans.keys()].sort()) {
    const cycle = visit(rack, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
