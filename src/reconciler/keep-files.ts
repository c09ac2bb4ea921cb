/**
 * Files of the definitions that are about to be rolled out are kept, so that going back needs neither Git nor network.
 * A rack whose files cannot be kept is held, and so are the racks that need it; never the others.
 */
import { emptyRecord } from '../apply/index.js';
import type { Host } from '../host/index.js';
import { type Plan, RackError, type RackOutcome, type RackPlan } from '../model/index.js';
import type { Source } from '../source/index.js';
import type { Store } from '../store/index.js';
import type { Wanted } from './wanted.js';

export interface KeepDeps {
  readonly host: Pick<Host, 'clock'>;
  readonly store: Pick<Store, 'putBlob' | 'record' | 'writeRecord'>;
  readonly source: Source;
  readonly signal: AbortSignal;
}

/** `plan` without the racks that are held, and these as outcomes, sorted as the plan is. */
export async function keepFiles(
  deps: KeepDeps,
  plan: Plan,
  wanted: Wanted,
): Promise<{ readonly plan: Plan; readonly held: readonly RackOutcome[] }> {
  const held = new Map<string, RackOutcome>();
  for (const rack of plan.racks) {
    try {
      await keepFilesOf(deps, rack, wanted);
    } catch (error) {
      if (!(error instanceof RackError)) throw error;
      held.set(rack.rack, outcome(rack, 'failed', error.code, error.message));
      await rememberFailure(deps, rack, error).catch((unwritable: unknown) => {
        if (!(unwritable instanceof RackError)) throw unwritable;
      });
    }
  }
  for (let before = -1; before < held.size; ) {
    before = held.size;
    for (const rack of plan.racks) {
      const missing = rack.needs.map((need) => held.get(need)).find((item) => item !== undefined);
      if (missing === undefined || held.has(rack.rack) || rack.steps.length === 0) continue;
      const message = `waits for "${missing.rack}": ${missing.message}`;
      held.set(rack.rack, outcome(rack, 'waiting', 'DependencyNotReady', message));
    }
  }
  if (held.size === 0) return { plan, held: [] };
  return {
    plan: { ...plan, racks: plan.racks.filter(({ rack }) => !held.has(rack)) },
    held: [...held.values()],
  };
}

async function keepFilesOf(deps: KeepDeps, rack: RackPlan, wanted: Wanted): Promise<void> {
  const needed = begun(rack).flatMap(({ to }) => to.desired.files);
  const entries = needed.flatMap((file) => wanted.files.get(file.sha256) ?? []);
  if (entries.length === 0) return;
  if (wanted.desired.revision !== null && wanted.error === null)
    await deps.source.ensure(wanted.desired.revision, deps.signal);
  const contents = await deps.source.readBlobs(entries);
  for (const file of needed) {
    const content = contents.get(wanted.files.get(file.sha256)?.oid ?? '');
    if (content !== undefined) await deps.store.putBlob(file.sha256, content);
  }
}

/** The new rollouts of a plan; one that goes on has its files already. */
function begun(rack: RackPlan) {
  return rack.steps.flatMap((step) => (step.kind === 'begin' && step.resume === null ? [step] : []));
}

async function rememberFailure(deps: KeepDeps, rack: RackPlan, error: RackError): Promise<void> {
  const digest = begun(rack)[0]?.to.desired.digest;
  const record = (await deps.store.record(rack.rack)) ?? emptyRecord(rack.rack);
  if (digest === undefined || record.lastFailure?.message === error.message) return;
  const at = new Date(deps.host.clock.now()).toISOString();
  await deps.store.writeRecord({
    ...record,
    lastFailure: { digest, reason: error.code, message: error.message, at },
  });
}

function outcome(
  { rack, action }: RackPlan,
  result: 'failed' | 'waiting',
  reason: string,
  message: string,
): RackOutcome {
  return { rack, action, outcome: result, reason, message, durationMs: 0, phases: [] };
}
