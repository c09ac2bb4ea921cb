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
import { judge, shownNothing, wantedAt, whyStays } from './shadow-policy.js';

/** More in one swap is no correction but another layer. */
const maxDrops = 10_000;

const order: readonly ShadowLevel[] = ['block', 'warn', 'info'];

/** An entry that can leave only when directories on its way are opened, which what is met later may forbid. */
interface Pending {
  readonly finding: ShadowFinding;
  /** Outermost first; a directory that is only to show the image again is one of them itself. */
  readonly opens: readonly string[];
  /** Whether it leaves as well. */
  readonly leaves: boolean;
  /** The finding where it stays. */
  readonly stays: (why: string) => ShadowFinding;
}

export class ShadowTally {
  readonly #counts: Record<ShadowClass, number>;
  readonly #levels: Record<ShadowLevel, number> = { info: 0, warn: 0, block: 0 };
  readonly #lists: Record<ShadowLevel, ShadowFinding[]> = { info: [], warn: [], block: [] };
  readonly #drops = new Map<string, ShadowDrop>();
  readonly #pending: Pending[] = [];
  /** Directories that are not to show what the image has in them. */
  readonly #closed = new Set<string>();
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

  /** `pathOf` as `ShadowFinding` has it; asked for only where something is told. Not after `report`. */
  add(pathOf: () => string, layer: LayerName, facts: ShadowFacts): void {
    this.#entries++;
    const found = shadowClass(facts);
    if (found === null) return;
    this.#counts[found]++;
    if (found === 'state') return;
    const { upper, running, next, leave } = facts;
    const path = pathOf();
    const base = { path, class: found, upper, running, next, layer };
    const finding = (
      judged: Pick<ShadowFinding, 'level' | 'action' | 'rule'>,
      why: string,
    ): ShadowFinding => {
      const detail = shadowDetail(facts, found);
      return { ...base, ...judged, detail: [detail, why].filter((part) => part !== '').join('; ') };
    };
    const judged = judge(found, path, facts, this.policy);
    const { action } = judged;
    const hides = found === 'hidden-subtree';
    const opens = [...leave.covers.map((cover) => cover.path), ...(hides && leave.opaque ? [path] : [])];
    if (action === 'drop' && opens.length > 0) {
      const staying = { ...facts, leave: { ...leave, written: false } };
      const stays = (why: string) => finding(judge(found, path, staying, this.policy), why);
      this.#postpone({ finding: finding(judged, ''), opens, leaves: !hides, stays });
      return;
    }
    // What is below the innermost of them is what somebody wants to go on being hidden.
    const innermost = opens.at(-1);
    if (hides && innermost !== undefined) this.#closed.add(innermost);
    if (action === 'drop') this.#drop({ path, how: 'entry' });
    if (action === 'refresh') this.#drop({ path, how: 'refresh' });
    const isDenied = action === 'keep' && wantedAt(this.policy, path).wanted === 'drop' && next !== null;
    this.#tell(finding(judged, isDenied ? whyStays(facts) : ''));
  }

  /** `why`: what keeps it from being complete; empty for nothing. Ends the counting. */
  report(why: string): ShadowReport {
    for (const pending of this.#pending.splice(0)) this.#settle(pending);
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
      drops: [...this.#drops.values()],
      findings: findings.slice(0, this.listed),
    };
  }

  #settle({ finding, opens, leaves, stays }: Pending): void {
    const closed = opens.find((path) => this.#closed.has(path));
    if (closed !== undefined) {
      this.#tell(stays(closed === finding.path ? '' : shownNothing(closed)));
      return;
    }
    for (const path of opens) this.#drop({ path, how: 'opaque' });
    if (leaves) this.#drop({ path: finding.path, how: 'entry' });
    this.#tell(finding);
  }

  #tell(finding: ShadowFinding): void {
    this.#levels[finding.level]++;
    const list = this.#lists[finding.level];
    if (list.length < this.listed) list.push(finding);
  }

  #postpone(pending: Pending): void {
    if (this.#pending.length < maxDrops) this.#pending.push(pending);
    else this.#tooMany = true;
  }

  #drop(drop: ShadowDrop): void {
    if (this.#drops.size < maxDrops) this.#drops.set(drop.path, drop);
    else this.#tooMany = true;
  }
}
