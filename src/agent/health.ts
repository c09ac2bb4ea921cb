/**
 * Probes committed racks while the agent lives and keeps the verdicts. It reports and, only where the definition says so, asks for a restart;
 * it never rolls back: after the commit that is a decision for people. It writes nothing itself, because a pass may hold the records.
 */
import type { Host } from '../host/index.js';
import type { DesiredService, Emit, RackRecord } from '../model/index.js';
import { countProbe, noProbesYet, type ProbeCount } from '../probes/index.js';

type Verdict = 'healthy' | 'unhealthy' | 'unknown';

export interface HealthDeps {
  readonly host: Pick<Host, 'clock' | 'probes' | 'ids'>;
  readonly emit: Emit;
  /** A rack's worst verdict changed, of this generation: to be written into its record between passes. */
  readonly onVerdict: (rack: string, generation: number, verdict: Verdict) => void;
  /** A service of this generation with `restart.onUnhealthy` is unhealthy. */
  readonly onHanging: (rack: string, generation: number, service: string) => void;
}

interface Watch {
  readonly rack: string;
  readonly service: DesiredService;
  readonly generation: number;
  /** ms since the epoch: of the start, or of the last restart. */
  since: number;
  readonly abort: AbortController;
  count: ProbeCount;
  at: string | null;
}

export class HealthMonitor {
  readonly #deps: HealthDeps;
  readonly #watches = new Map<string, Watch>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  /** Watches exactly the probed services of these racks; counts go on where nothing changed. `moving`: racks in a rollout, probed by that. */
  refresh(records: readonly RackRecord[], moving: ReadonlySet<string>): void {
    const wanted = new Map<
      string,
      { rack: string; service: DesiredService; generation: number; verdict: Verdict }
    >();
    for (const { rack, committed, health } of records) {
      if (committed === null || moving.has(rack)) continue;
      for (const service of committed.desired.services) {
        if (service.health === null) continue;
        const { generation } = committed;
        wanted.set(`${rack}/${service.name}`, {
          rack,
          service,
          generation,
          verdict: health?.verdict ?? 'unknown',
        });
      }
    }
    for (const [key, watch] of this.#watches) {
      if (wanted.get(key)?.generation === watch.generation) continue;
      watch.abort.abort();
      this.#watches.delete(key);
    }
    for (const [key, { rack, service, generation, verdict }] of wanted) {
      if (this.#watches.has(key)) continue;
      const count = { ...noProbesYet, verdict };
      const watch: Watch = {
        rack,
        service,
        generation,
        since: this.#deps.host.clock.now(),
        abort: new AbortController(),
        count,
        at: null,
      };
      this.#watches.set(key, watch);
      const run = this.#watch(watch).finally(() => this.#underWay.delete(run));
      this.#underWay.add(run);
    }
  }

  /** Latest verdicts by `rack/service`. */
  probed(): ReadonlyMap<string, { readonly verdict: Verdict; readonly at: string | null }> {
    return new Map([...this.#watches].map(([key, { count, at }]) => [key, { verdict: count.verdict, at }]));
  }

  /** The rack is about to be changed: what its old version answers from now on says nothing. `refresh` begins again. */
  pause(rack: string): void {
    for (const [key, watch] of this.#watches) {
      if (watch.rack !== rack) continue;
      watch.abort.abort();
      this.#watches.delete(key);
    }
  }

  /** The service was restarted: it is judged anew. */
  restarted(rack: string, service: string): void {
    const watch = this.#watches.get(`${rack}/${service}`);
    if (watch === undefined) return;
    watch.count = noProbesYet;
    watch.since = this.#deps.host.clock.now();
  }

  /** Resolves when no probe is under way any more. */
  async stop(): Promise<void> {
    for (const watch of this.#watches.values()) watch.abort.abort();
    this.#watches.clear();
    await Promise.all(this.#underWay);
  }

  async #watch(watch: Watch): Promise<void> {
    const { host } = this.#deps;
    const { health } = watch.service;
    const { signal } = watch.abort;
    if (health === null) return;
    // Spread over the interval, so that many racks are not probed in the same moment.
    let delayMs = host.ids.random() * health.intervalMs;
    for (;;) {
      try {
        await host.clock.sleep(delayMs, signal);
      } catch {
        return;
      }
      const target = { rack: watch.rack, service: watch.service.name };
      const result = await host.probes.probe(health.check, health.timeoutMs, target, signal);
      if (signal.aborted) return;
      const before = watch.count.verdict;
      watch.count = countProbe(watch.count, result, health, result.at - watch.since);
      watch.at = new Date(result.at).toISOString();
      const { verdict } = watch.count;
      if (verdict !== before && verdict !== 'unknown') {
        this.#deps.emit({
          code: 'HealthChanged',
          rack: watch.rack,
          service: watch.service.name,
          probe: result,
          verdict,
        });
        this.#deps.onVerdict(watch.rack, watch.generation, this.#worst(watch.rack));
        if (verdict === 'unhealthy' && watch.service.restart.onUnhealthy)
          this.#deps.onHanging(watch.rack, watch.generation, watch.service.name);
      }
      delayMs = health.intervalMs;
    }
  }

  /** A rack shows its worst service. */
  #worst(rack: string): Verdict {
    const verdicts = [...this.#watches.values()]
      .filter((watch) => watch.rack === rack)
      .map((watch) => watch.count.verdict);
    if (verdicts.includes('unhealthy')) return 'unhealthy';
    return verdicts.includes('unknown') ? 'unknown' : 'healthy';
  }
}
