/**
 * The bake: every service becomes healthy, and then stays so without a failed probe and without a restart for the whole bake time.
 * A failed probe starts the bake again; enough of them in a row, an exit, or the rollout's timeout end it as a failure.
 */
import { type DesiredService, RackError, type StepOf } from '../model/index.js';
import { countProbe, noProbesYet, type ProbeCount } from '../probes/index.js';
import { type Lane, progress, throwIfParked } from './lane.js';

/** Before its first success a service is asked this often: a rollout should not wait out a long interval. */
const eagerIntervalMs = 100;
/** How often exits are looked for: one question to the supervisor, no process. */
const exitCheckMs = 100;

interface Watch {
  readonly service: DesiredService;
  count: ProbeCount;
  nextProbeAt: number;
  /** A probe is under way; exits are looked for meanwhile. */
  isProbing: boolean;
}

/** What the probes that ended since the last look say. */
interface Findings {
  failedProbe: boolean;
  verdict: RackError | null;
  wake: () => void;
}

export async function verify(step: StepOf<'verify'>, lane: Lane): Promise<string | undefined> {
  try {
    await bake(step, lane);
  } catch (error) {
    if (!step.advisory || !(error instanceof RackError)) throw error;
    lane.health = 'unhealthy';
    lane.notes.push(`the old version is not healthy either: ${error.message}`);
    return 'not healthy either';
  }
  lane.health = step.services.some((service) => service.health !== null) ? 'healthy' : 'unknown';
  return lane.health === 'healthy' ? 'healthy' : 'running (no health check)';
}

/** What is watched: of a live rack, or of a rehearsal under its own name. */
export type Bake = Omit<StepOf<'verify'>, 'kind' | 'generation'> & { readonly kind: 'verify' | 'rehearse' };

/** What watching needs of a lane; the probes' results are added to `probes`. */
type Watcher = Pick<Lane, 'host' | 'emit' | 'signal' | 'plan' | 'probes'>;

/** Resolves when it is baked. Errors: E_PROBE_FAILED, E_START, saying what was seen. */
export async function bake(step: Bake, lane: Watcher): Promise<void> {
  const { clock } = lane.host;
  const startedAt = clock.now();
  const deadline = startedAt + step.timeoutMs;
  const findings: Findings = { failedProbe: false, verdict: null, wake: () => {} };
  const watches: Watch[] = step.services.map((service) => ({
    service,
    count: noProbesYet,
    nextProbeAt: startedAt,
    isProbing: false,
  }));
  let bakeStart: number | null = null;
  for (;;) {
    throwIfParked(lane);
    await refuseExits(step, lane);
    if (findings.verdict !== null) throw findings.verdict;
    const healthy = watches.every((w) => w.service.health === null || w.count.verdict === 'healthy');
    const now = clock.now();
    if (!healthy || findings.failedProbe) bakeStart = null;
    else if (bakeStart === null) {
      bakeStart = now;
      if (step.bakeMs > 0) progress(lane, step.kind, `healthy, baking for ${step.bakeMs}ms`);
    }
    findings.failedProbe = false;
    if (bakeStart !== null && now - bakeStart >= step.bakeMs) break;
    if (now >= deadline) throw notInTime(step, watches, lane);
    probeDue(step, watches, findings, lane, startedAt);
    await nextLook(
      lane,
      findings,
      Math.min(deadline, bakeStart === null ? deadline : bakeStart + step.bakeMs),
    );
  }
  await verifyDependents(step, lane);
}

/** Until a probe has ended, or it is time to look for exits again, or `until` (ms since the epoch). */
async function nextLook(lane: Watcher, findings: Findings, until: number): Promise<void> {
  const { clock } = lane.host;
  const probed = new Promise<void>((resolve) => {
    findings.wake = resolve;
  });
  const waitMs = Math.max(1, Math.min(until - clock.now(), exitCheckMs));
  const looked = clock.sleep(waitMs, lane.signal).catch(() => throwIfParked(lane));
  await Promise.race([probed, looked]);
}

/** Begins the probes that are due; what they find is in `findings` when they have ended. */
function probeDue(
  step: Bake,
  watches: readonly Watch[],
  findings: Findings,
  lane: Watcher,
  startedAt: number,
): void {
  const { clock, probes } = lane.host;
  for (const watch of watches) {
    const { health, name } = watch.service;
    if (health === null || watch.isProbing || watch.nextProbeAt > clock.now()) continue;
    watch.isProbing = true;
    const target = { rack: step.rack, service: name };
    void probes.probe(health.check, health.timeoutMs, target, lane.signal).then((result) => {
      watch.isProbing = false;
      lane.probes.push({ ...result, service: name });
      watch.count = countProbe(watch.count, result, health, result.at - startedAt);
      if (result.result !== 'success') findings.failedProbe = true;
      const isUp = watch.count.verdict === 'healthy';
      watch.nextProbeAt =
        clock.now() + (isUp ? health.intervalMs : Math.min(health.intervalMs, eagerIntervalMs));
      if (watch.count.verdict === 'unhealthy') {
        const why = `${health.unhealthyAfter} probes in a row failed: ${result.message}`;
        findings.verdict = probeFailed(step, name, why);
      }
      findings.wake();
    });
  }
}

/** A restart or an exit after the start is a failure, however healthy the answers are. */
async function refuseExits(step: Bake, lane: Watcher): Promise<void> {
  const observed = await lane.host.supervisor.observe();
  // Not knowing is no verdict; the deadline bounds how long it may go on.
  if (observed.state === 'unknown') return;
  for (const service of step.services) {
    const seen = observed.services.find(
      (candidate) => candidate.rack === step.rack && candidate.service === service.name,
    );
    if (seen === undefined) throw probeFailed(step, service.name, 'the supervisor does not run it any more');
    if (seen.startError !== null) {
      throw new RackError('E_START', seen.startError, {
        rack: step.rack,
        step: step.kind,
        blame: 'definition',
      });
    }
    const finished =
      seen.state === 'stopped' && seen.lastExit?.code === 0 && service.restart.policy !== 'always';
    if (finished) continue;
    // After a rollback the old version's count may be older than the rollout: there only its present state counts.
    if (seen.state === 'failed' || seen.state === 'stopped' || (seen.restarts > 0 && !step.advisory)) {
      throw probeFailed(step, service.name, `it ended ${exitText(seen.lastExit)}`);
    }
  }
}

function exitText(exit: { readonly code: number | null; readonly signal: string | null } | null): string {
  if (exit === null) return 'after its start';
  return exit.signal === null ? `with exit code ${exit.code}` : `by signal ${exit.signal}`;
}

async function verifyDependents(step: Bake, lane: Watcher): Promise<void> {
  for (const dependent of step.dependents) {
    for (const { name, health } of dependent.services) {
      let last = '';
      let ok = false;
      for (let attempt = 0; attempt < health.unhealthyAfter && !ok; attempt++) {
        if (attempt > 0)
          await lane.host.clock.sleep(health.intervalMs, lane.signal).catch(() => throwIfParked(lane));
        const target = { rack: dependent.rack, service: name };
        const result = await lane.host.probes.probe(health.check, health.timeoutMs, target, lane.signal);
        ok = result.result === 'success';
        last = result.message;
      }
      if (!ok)
        throw probeFailed(
          step,
          name,
          `"${dependent.rack}", which depends on it, was healthy before and is not now: ${last}`,
        );
    }
  }
}

function notInTime(step: Bake, watches: readonly Watch[], lane: Watcher): RackError {
  const waiting =
    watches.find((watch) => watch.service.health !== null && watch.count.verdict !== 'healthy') ?? watches[0];
  const name = waiting?.service.name ?? step.rack;
  const last = [...lane.probes]
    .reverse()
    .find((probe) => probe.service === name && probe.result !== 'success');
  const seen = last === undefined ? '' : `: ${last.message}`;
  return probeFailed(step, name, `not healthy long enough within ${step.timeoutMs}ms${seen}`);
}

function probeFailed({ rack, kind }: Bake, service: string, why: string): RackError {
  return new RackError('E_PROBE_FAILED', `service "${service}": ${why}`, {
    rack,
    step: kind,
    blame: 'definition',
  });
}
