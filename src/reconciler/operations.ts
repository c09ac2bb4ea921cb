/**
 * What a person may do beside passes: suspend, resume, retry, purge, snapshots, resets, merges. Run by whoever holds the lock, between passes.
 * Only a snapshot, a reset and a merge touch a running service; of the others the next pass acts on what they wrote.
 */
import { emptyRecord } from '../apply/index.js';
import type { Host } from '../host/index.js';
import { type Emit, type HistoryEntry, RackError, type RackRecord } from '../model/index.js';
import type { Store } from '../store/index.js';
import { type MergeRequest, type ResetRequest, runMerge, runReset } from './reset.js';
import { runSnapshot, type SnapshotRequest } from './snapshots.js';

export interface OperationDeps {
  readonly host: Host;
  readonly store: Store;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export type Operation =
  | { readonly kind: 'suspend'; readonly rack: string | null }
  | { readonly kind: 'resume'; readonly rack: string | null }
  | { readonly kind: 'retry'; readonly rack: string }
  | { readonly kind: 'purge'; readonly rack: string }
  | ({ readonly kind: 'snapshot' } & SnapshotRequest)
  | ({ readonly kind: 'reset' } & ResetRequest)
  | ({ readonly kind: 'merge' } & MergeRequest);

/** What was done, in one line for people. Errors: E_UNKNOWN_RACK, E_NOT_REMOVED, those of the store, of `Data.purge`, of `runSnapshot`, of `runReset` and of `runMerge`. */
export async function runOperation(deps: OperationDeps, operation: Operation): Promise<string> {
  switch (operation.kind) {
    case 'suspend':
      return suspend(deps, operation.rack);
    case 'resume':
      return resume(deps, operation.rack);
    case 'retry':
      return retry(deps, operation.rack);
    case 'purge':
      return purge(deps, operation.rack);
    case 'snapshot':
      return runSnapshot(deps, operation);
    case 'reset':
      return runReset(deps, operation);
    case 'merge':
      return runMerge(deps, operation);
  }
}

async function suspend(deps: OperationDeps, rack: string | null): Promise<string> {
  const at = isoNow(deps);
  if (rack === null) {
    if ((await deps.store.hostSuspended()) !== null) return 'all racks were suspended already';
    await deps.store.writeHostSuspended({ at });
    return 'suspended all racks; they keep running as they are';
  }
  const record = await knownRecord(deps, rack);
  if (record.suspended !== null) return `"${rack}" was suspended already`;
  await deps.store.writeRecord({ ...record, suspended: { at } });
  await remember(deps, record, 'suspended');
  return `suspended "${rack}"; it keeps running as it is`;
}

async function resume(deps: OperationDeps, rack: string | null): Promise<string> {
  if (rack === null) {
    await deps.store.writeHostSuspended(null);
    for (const record of await deps.store.records()) {
      if (record.suspended !== null) await deps.store.writeRecord({ ...record, suspended: null });
    }
    return 'resumed all racks';
  }
  const record = await knownRecord(deps, rack);
  const all =
    (await deps.store.hostSuspended()) !== null ? '; all racks are suspended still: rackops resume' : '';
  if (record.suspended === null) return `"${rack}" was not suspended${all}`;
  await deps.store.writeRecord({ ...record, suspended: null });
  await remember(deps, record, 'resumed');
  return `resumed "${rack}"${all}`;
}

async function retry(deps: OperationDeps, rack: string): Promise<string> {
  const record = await knownRecord(deps, rack);
  const journal = (await deps.store.journals()).find((candidate) => candidate.rack === rack);
  // A way back that has begun is ended first; then the version is tried again.
  if (journal?.direction === 'rollback') {
    await deps.store.writeJournal({ ...journal, retryAt: null, forgiven: true });
  }
  const nothing = record.quarantined.length === 0 && record.lastFailure === null && record.held === null;
  if (nothing && journal === undefined) return `"${rack}" has no failed version to forget`;
  await deps.store.writeRecord({ ...record, quarantined: [], lastFailure: null, held: null });
  await remember(deps, record, 'retried');
  if (record.held !== null)
    return `"${rack}" is no longer held; the version that was left running is taken as it is`;
  return `forgot ${record.quarantined.length} failed version(s) of "${rack}"; the next pass tries again`;
}

async function purge(deps: OperationDeps, rack: string): Promise<string> {
  const record = await deps.store.record(rack);
  const journals = await deps.store.journals();
  if (record?.committed || journals.some((journal) => journal.rack === rack)) {
    throw new RackError('E_NOT_REMOVED', `cannot purge "${rack}": it is installed`, {
      rack,
      hint: 'remove its definition from Git first; purge deletes data for good',
    });
  }
  const exists = (await deps.host.data.list()).some((item) => item.rack === rack);
  if (record === null && !exists) throw unknown(rack);
  await deps.host.data.purge(rack);
  await deps.store.deleteEvidence(rack);
  await deps.store.deleteRecord(rack);
  await remember(deps, record, 'purged', rack);
  return `purged "${rack}": its writable directory, logs and evidence are gone`;
}

async function knownRecord(deps: OperationDeps, rack: string): Promise<RackRecord> {
  const record = await deps.store.record(rack);
  if (record !== null) return record;
  const desired = (await deps.store.summary())?.racks.some((item) => item.name === rack);
  if (!desired) throw unknown(rack);
  return emptyRecord(rack);
}

function unknown(rack: string): RackError {
  return new RackError('E_UNKNOWN_RACK', `cannot find a rack "${rack}" on this host`, {
    rack,
    hint: 'see: rackops status',
  });
}

async function remember(
  deps: OperationDeps,
  record: RackRecord | null,
  event: HistoryEntry['event'],
  rack = record?.rack ?? '',
): Promise<void> {
  const committed = record?.committed ?? null;
  await deps.store.appendHistory({
    at: isoNow(deps),
    rack,
    rolloutId: null,
    event,
    revision: committed?.desired.revision ?? null,
    fromImage: committed?.desired.image ?? null,
    toImage: committed?.desired.image ?? null,
    digest: committed?.desired.digest ?? null,
    generation: committed?.generation ?? null,
    reason: 'asked for',
    message: '',
    durationMs: 0,
  });
}

function isoNow(deps: OperationDeps): string {
  return new Date(deps.host.clock.now()).toISOString();
}
