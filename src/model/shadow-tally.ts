/** Counts and lists shadows as they are met, so that a report of a million files needs the memory of those that are listed. A value that is built up; no effects. */
import type { LayerName } from './layers.js';
import {
  type ShadowClass,
  type ShadowDrop,
  type ShadowFacts,
  type ShadowFinding,
  type ShadowLevel,
  type ShadowPolicy,
  type ShadowReport,
  shadowClasses,
} from './shadow.js';
import { shadowClass, shadowDetail } from './shadow-class.js';
import { judge } from './shadow-policy.js';

/** More in one swap is no correction but another layer. */
const maxDrops = 10_000;

const order: readonly ShadowLevel[] = ['block', 'warn', 'info'];

export class ShadowTally {
  readonly #counts: Record<ShadowClass, number>;
  readonly #levels: Record<ShadowLevel, number> = { info: 0, warn: 0, block: 0 };
  readonly #lists: Record<ShadowLevel, ShadowFinding[]> = { info: [], warn: [], block: [] };
  readonly #drops: ShadowDrop[] = [];
  #entries = 0;
  #tooMany = false;

  constructor(
    readonly policy: ShadowPolicy,
    readonly listed: number,
  ) {
    const none = shadowClasses.map((name) => [name, 0]);
    this.#counts = Object.fromEntries(none);
  }

  /** Of the entries so far. */
  get entries(): number {
    return this.#entries;
  }

  /** `pathOf` as `ShadowFinding` has it; asked for only where something is told. */
  add(pathOf: () => string, layer: LayerName, facts: ShadowFacts): void {
    this.#entries++;
    const found = shadowClass(facts);
    if (found === null) return;
    this.#counts[found]++;
    if (found === 'state') return;
    const { upper, running, next } = facts;
    const path = pathOf();
    const judged = judge(found, path, facts, this.policy);
    this.#levels[judged.level]++;
    if (judged.action === 'drop') this.#drop({ path, how: found === 'hidden-subtree' ? 'opaque' : 'entry' });
    if (judged.action === 'refresh') this.#drop({ path, how: 'refresh' });
    const list = this.#lists[judged.level];
    if (list.length >= this.listed) return;
    const detail = shadowDetail(facts, found);
    list.push({ path, class: found, ...judged, upper, running, next, layer, detail });
  }

  /** `why`: what keeps it from being complete; empty for nothing. */
  report(why: string): ShadowReport {
    const reason = this.#tooMany && why === '' ? `more than ${maxDrops} entries are to be dropped` : why;
    const findings = order.flatMap((level) =>
      [...this.#lists[level]].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    );
    return {
      complete: reason === '',
      why: reason,
      entries: this.#entries,
      counts: { ...this.#counts },
      levels: { ...this.#levels },
      drops: [...this.#drops],
      findings: findings.slice(0, this.listed),
    };
  }

  #drop(drop: ShadowDrop): void {
    if (this.#drops.length < maxDrops) this.#drops.push(drop);
    else this.#tooMany = true;
  }
}
