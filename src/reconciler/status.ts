/** Joins what is remembered and what is seen into a status. Reads only; works without an agent and before any pass. */
import type { Host } from '../host/index.js';
import type { ObservedState, StatusReport } from '../model/index.js';
import { type StatusInput, statusReport } from '../report/index.js';
import type { ReadableStore } from '../store/index.js';

export interface StatusDeps {
  readonly hostName: string;
  readonly host: Pick<Host, 'data'>;
  readonly store: ReadableStore;
  readonly agent: StatusReport['agent'];
  readonly probed: StatusInput['probed'];
}

export async function readStatus(deps: StatusDeps, observed: ObservedState): Promise<StatusReport> {
  const { store } = deps;
  const [summary, applied, imageCheck, lastPass, records, journals, suspended] = await Promise.all([
    store.summary(),
    store.applied(),
    store.imageCheck(),
    store.lastPass(),
    store.records(),
    store.journals(),
    store.hostSuspended(),
  ]);
  const inUse = new Set([
    ...records.filter((record) => record.committed !== null).map((record) => record.rack),
    ...journals.map((journal) => journal.rack),
  ]);
  const retained = (await deps.host.data.list()).filter(({ rack }) => !inUse.has(rack));
  const data = await Promise.all(
    retained.map(async ({ rack, path }) => ({ rack, path, bytes: await deps.host.data.sizeBytes(rack) })),
  );
  return statusReport({
    host: deps.hostName,
    summary,
    lastPass,
    images: { checkedAt: imageCheck?.at ?? null, damaged: imageCheck?.damaged ?? [] },
    signatures: applied?.verified ?? null,
    agent: deps.agent,
    records,
    journals,
    observed,
    hostSuspended: suspended !== null,
    data,
    probed: deps.probed,
  });
}
