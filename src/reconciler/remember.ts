/** What a pass leaves behind besides the racks themselves: failures, drift in the history, the summary for `status`. */
import type { Host } from '../host/index.js';
import type { AppliedRecord, DesiredState, Emit, PassReport, RackOutcome } from '../model/index.js';
import type { Store } from '../store/index.js';

export interface MemoryDeps {
  readonly host: Host;
  readonly store: Store;
  readonly emit: Emit;
}

/** A heal or a removal that failed is kept in the rack's record, and forgotten when it went well; a repeated failure is not written again. */
export async function rememberOutcomes(
  deps: MemoryDeps,
  outcomes: readonly RackOutcome[],
  drift: ReadonlyMap<string, string>,
): Promise<void> {
  const at = new Date(deps.host.clock.now()).toISOString();
  for (const outcome of outcomes) {
    if (outcome.action !== 'heal' && outcome.action !== 'remove') continue;
    const record = await deps.store.record(outcome.rack);
    const committed = record?.committed ?? null;
    if (record === null || committed === null) continue;
    if (outcome.outcome === 'done') {
      // A heal stops and starts: the rack's services run since now.
      const restarted =
        outcome.action === 'heal' ? { ...record, committed: { ...committed, since: at } } : record;
      if (outcome.action === 'heal' || record.lastFailure !== null)
        await deps.store.writeRecord({ ...restarted, lastFailure: null });
      const difference = drift.get(outcome.rack);
      if (difference === undefined) continue;
      await deps.store.appendHistory({
        at,
        rack: outcome.rack,
        rolloutId: null,
        event: 'healed',
        revision: committed.desired.revision,
        fromImage: committed.desired.image,
        toImage: committed.desired.image,
        digest: committed.desired.digest,
        generation: committed.generation,
        reason: 'Drift',
        message: difference,
        durationMs: outcome.durationMs,
      });
    } else if (outcome.outcome === 'failed' && record.lastFailure?.message !== outcome.message) {
      const { reason, message } = outcome;
      await deps.store.writeRecord({
        ...record,
        lastFailure: { digest: committed.desired.digest, reason, message, at },
      });
    }
  }
}

/** A crash may come before a success is remembered: what runs as desired, is healthy and needed nothing has no failure any more. */
export async function forgetOldFailures(
  deps: Pick<MemoryDeps, 'store'>,
  desired: DesiredState,
  outcomes: readonly RackOutcome[],
): Promise<void> {
  const digests = new Map(desired.racks.map((rack) => [rack.name, rack.digest]));
  const busy = new Set([
    ...outcomes.map(({ rack }) => rack),
    ...(await deps.store.journals()).map(({ rack }) => rack),
  ]);
  const hostSuspended = (await deps.store.hostSuspended()) !== null;
  for (const record of await deps.store.records()) {
    const { rack, committed, lastFailure, health, suspended } = record;
    if (lastFailure === null || committed === null || busy.has(rack)) continue;
    if (hostSuspended || suspended !== null || digests.get(rack) !== committed.desired.digest) continue;
    const isProbed = committed.desired.services.some((service) => service.health !== null);
    if (isProbed ? health?.verdict === 'healthy' : health?.verdict !== 'unhealthy')
      await deps.store.writeRecord({ ...record, lastFailure: null });
  }
}

/** An allowance counts from the last revision of which nothing was left to do, not even for racks that are suspended. */
export async function rememberFullyApplied(
  deps: MemoryDeps,
  applied: AppliedRecord,
  report: Pick<PassReport, 'exitCode' | 'revision' | 'sourceError' | 'status'>,
): Promise<void> {
  const { exitCode, revision, sourceError } = report;
  if (exitCode !== 0 || sourceError !== null || revision === null) return;
  if (applied.fullyAppliedRevision === revision) return;
  if (report.status.racks.some(({ digest, desiredDigest }) => digest !== desiredDigest)) return;
  await deps.store.writeApplied({ ...applied, fullyAppliedRevision: revision });
}
