/**
 * Fields that records and journals of format 1 did not have from the beginning: filled in when they are read, so that nobody else knows that they were ever missing. A new
 * format number is for what cannot be filled in.
 */
import {
  type CommittedRack,
  type DesiredRack,
  defaultSnapshots,
  type RackRecord,
  type RolloutJournal,
  type TreeIdentity,
} from '../model/index.js';

export function completeRecord(record: RackRecord): RackRecord {
  return { ...record, committed: record.committed && completeSide(record.committed) };
}

export function completeJournal(journal: RolloutJournal): RolloutJournal {
  return { ...journal, from: journal.from && completeSide(journal.from), to: completeSide(journal.to) };
}

function completeSide<T extends Pick<CommittedRack, 'desired' | 'tree'>>(side: T): T {
  return { ...side, desired: completeDesired(side.desired), tree: completeTree(side.tree) };
}

/** Before layers were sealed there was one. */
function completeTree(tree: Omit<TreeIdentity, 'sealed'> & Partial<TreeIdentity>): TreeIdentity {
  return { ...tree, sealed: tree.sealed ?? [] };
}

function completeDesired(desired: DesiredRack): DesiredRack {
  const { rollout, mounts } = desired;
  return {
    ...desired,
    rollout: { ...rolloutDefaults, ...rollout },
    mounts: mounts.map((mount) => ({ ...mountDefaults, ...mount })),
  };
}

const rolloutDefaults = { rehearse: 'auto', data: 'keep', snapshots: defaultSnapshots } as const;
const mountDefaults = { rehearse: 'readOnly' } as const;
