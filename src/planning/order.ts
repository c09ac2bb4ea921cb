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
import { keep } from './rack.js';

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
  const hold = (rack: string, code: Explanation['code'], message: string): void => {
    plans.set(rack, { ...keep(rack) });
    explanation.push({ rack, code, message });
  };

  holdByDependency(input, plans, hold);
  holdByAddress(input, plans, hold);

  for (const plan of plans.values()) {
    const desired = input.desired.get(plan.rack);
    const dependsOn = desired?.dependsOn ?? input.records.get(plan.rack)?.committed?.desired.dependsOn ?? [];
    const busy = dependsOn.filter((name) => (plans.get(name)?.steps.length ?? 0) > 0);
    const after = new Set<string>();
    const needs = new Set<string>();
    if (moves.has(plan.action)) for (const name of busy) needs.add(name);
    else if (plan.action === 'heal' || plan.action === 'continue') for (const name of busy) after.add(name);
    if (plan.action === 'remove') for (const name of dependentsOf(plan.rack, input, plans)) after.add(name);
    if (moves.has(plan.action) && desired)
      for (const name of releasing(plan.rack, desired, input, plans)) after.add(name);
    plans.set(plan.rack, { ...plan, needs: [...needs].sort(), after: [...after].sort() });
  }
  breakCycles(plans, hold);
  return { plans: [...plans.values()].sort((a, b) => (a.rack < b.rack ? -1 : 1)), explanation };
}

type Hold = (rack: string, code: Explanation['code'], message: string) => void;

/** A rack is not moved on while one it depends on is not as Git asks; repeated, because holding one may hold the next. */
function holdByDependency(input: OrderInput, plans: Map<string, RackPlan>, hold: Hold): void {
  const blocked = new Map(input.blocked);
  for (let again = true; again; ) {
    again = false;
    for (const plan of plans.values()) {
      if (!moves.has(plan.action) || blocked.has(plan.rack)) continue;
      const name = input.desired.get(plan.rack)?.dependsOn.find((dependency) => blocked.has(dependency));
      if (name === undefined) continue;
      const message = `waits for "${name}": ${blocked.get(name)}`;
      blocked.set(plan.rack, message);
      hold(plan.rack, 'DependencyNotReady', message);
      again = true;
    }
  }
}

/** A new address that another rack keeps holding: held before anything is stopped. */
function holdByAddress(input: OrderInput, plans: Map<string, RackPlan>, hold: Hold): void {
  for (const plan of [...plans.values()]) {
    const desired = input.desired.get(plan.rack);
    if (!moves.has(plan.action) || desired === undefined) continue;
    for (const [name, record] of input.records) {
      const other = plans.get(name);
      if (name === plan.rack || !record.committed || (other && releases(other))) continue;
      const clash = conflictingAddresses(listenAddresses(desired), listenAddresses(record.committed.desired));
      if (clash.length === 0) continue;
      hold(
        plan.rack,
        'AddressHeld',
        `"${name}" listens on ${clash.join(', ')} and keeps running; wait until it is removed or moved`,
      );
      break;
    }
  }
}

function releases(plan: RackPlan): boolean {
  return plan.action === 'remove' || moves.has(plan.action);
}

/** Racks whose committed version holds an address that this one wants and that give it up in this plan. */
function releasing(
  rack: string,
  desired: DesiredRack,
  input: OrderInput,
  plans: Map<string, RackPlan>,
): string[] {
  const result: string[] = [];
  for (const [name, record] of input.records) {
    const other = plans.get(name);
    if (name === rack || !record.committed || !other || !releases(other)) continue;
    const clash = conflictingAddresses(listenAddresses(desired), listenAddresses(record.committed.desired));
    if (clash.length > 0) result.push(name);
  }
  return result;
}

/** Racks that go too and that depended on this one: they go first. */
function dependentsOf(rack: string, input: OrderInput, plans: Map<string, RackPlan>): string[] {
  return [...input.records.values()]
    .filter(
      (record) =>
        record.committed?.desired.dependsOn.includes(rack) && plans.get(record.rack)?.action === 'remove',
    )
    .map((record) => record.rack);
}

/** Two racks that exchange an address cannot both go first: both wait, and the explanation says how to do it. */
function breakCycles(plans: Map<string, RackPlan>, hold: Hold): void {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (rack: string, path: readonly string[]): void => {
    if (state.get(rack) === 'done' || !plans.has(rack)) return;
    if (state.get(rack) === 'open') {
      const cycle = path.slice(path.indexOf(rack));
      for (const name of cycle) {
        hold(
          name,
          'AddressHeld',
          `waits for an address in a circle: ${[...cycle, rack].join(' -> ')}; move them in two commits`,
        );
      }
      return;
    }
    state.set(rack, 'open');
    const plan = plans.get(rack);
    for (const next of [...(plan?.needs ?? []), ...(plan?.after ?? [])]) visit(next, [...path, rack]);
    state.set(rack, 'done');
  };
  for (const rack of [...plans.keys()].sort()) visit(rack, []);
  for (const plan of [...plans.values()]) {
    const present = (name: string): boolean => (plans.get(name)?.steps.length ?? 0) > 0;
    const needs = plan.needs.filter(present);
    const after = plan.after.filter(present);
    if (needs.length !== plan.needs.length || after.length !== plan.after.length)
      plans.set(plan.rack, { ...plan, needs, after });
  }
}
