/**
 * The state directory. Documents that decide (records, journals, the applied revision) are durable when a write returns; what only informs (time stamp of an idle
 * pass, history) costs no sync.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  AppliedRecord,
  DesiredRack,
  Emit,
  HostPath,
  RackRecord,
  RolloutJournal,
} from '../model/index.js';
import { readIfThere, removeDurably, stateError, writeDurably, writeWithoutSync } from './atomic.js';
import { sweepBlobs, writeBlob } from './blobs.js';
import { Collection } from './collection.js';
import { completeJournal, completeRecord } from './complete.js';
import { appendHistory, readHistory } from './history.js';
import type { Evidence, ReadableStore, Store } from './ports.js';
import {
  isApplied,
  isEvidence,
  isImageCheck,
  isJournal,
  isLastPass,
  isRackRecord,
  isStoredDesired,
  isSummary,
  isSuspension,
} from './shapes.js';
import { readVersioned, sealed } from './versioned.js';

/** Failed rollouts of a rack whose evidence is kept. */
const keptEvidence = 5;

/**
 * For the holder of the lock. Makes what is missing, removes what a crash left half-written; a state of a newer rackops is refused before anything
 * is written. Errors: E_STATE_NEWER, E_STATE, E_STATE_FULL, E_STATE_READONLY.
 */
export async function openStore(options: {
  readonly directory: HostPath;
  readonly emit: Emit;
}): Promise<Store> {
  const { directory, emit } = options;
  const warn = (message: string): void => emit({ code: 'Warning', warning: 'StateRecovered', message });
  const store = makeStore(directory, warn, true);
  await Promise.all([store.records(), store.journals(), store.applied()]);
  try {
    for (const name of ['', 'racks', 'journal', 'blobs', 'evidence']) {
      await mkdir(join(directory, name), { recursive: true, mode: 0o700 });
    }
    for (const name of ['', 'racks', 'journal', 'blobs']) {
      for (const file of await readdir(join(directory, name))) {
        if (file.endsWith('.tmp')) await rm(join(directory, name, file), { force: true });
      }
    }
  } catch (error) {
    throw await stateError(`use "${directory}"`, error, directory);
  }
  return store;
}

/** For commands without the lock: reads what is there now, each time. */
export function readStore(directory: HostPath): ReadableStore {
  return makeStore(directory, () => {}, false);
}

function makeStore(directory: string, warn: (message: string) => void, cached: boolean): Store {
  const path = (...names: readonly string[]): string => join(directory, ...names);
  const records = new Collection<RackRecord>({
    directory: path('racks'),
    isWhole: isRackRecord,
    complete: completeRecord,
    warn,
    cached,
  });
  const journals = new Collection<RolloutJournal>({
    directory: path('journal'),
    isWhole: isJournal,
    complete: completeJournal,
    warn,
    cached,
  });
  const read = async <T>(name: string, isWhole: (value: unknown) => value is T): Promise<T | null> => {
    const { value, warning } = await readVersioned(path(name), isWhole);
    if (warning !== null) warn(warning);
    return value;
  };
  let applied: AppliedRecord | null = null;
  let summaryText: string | null = null;
  let lastAppend: Promise<void> = Promise.resolve();

  return {
    records: () => records.all(),
    record: (rack) => records.get(rack),
    writeRecord: (record) => records.put(record),
    deleteRecord: (rack) => records.delete(rack),

    journals: () => journals.all(),
    writeJournal: (journal) => journals.put(journal),
    deleteJournal: (rack) => journals.delete(rack),

    applied: async () => {
      if (cached && applied !== null) return applied;
      applied = await read('applied.json', isApplied);
      return applied;
    },
    writeApplied: async (record) => {
      await writeDurably(path('applied.json'), sealed(record), true);
      applied = record;
    },

    summary: () => read('summary.json', isSummary),
    writeSummary: async (summary) => {
      const text = sealed(summary);
      summaryText ??= await readIfThere(path('summary.json'));
      if (text === summaryText) return;
      await writeDurably(path('summary.json'), text, false);
      summaryText = text;
    },

    // Without a sync a power cut may leave it empty: nothing is lost but a time, so nobody is warned.
    lastPass: async () => (await readVersioned(path('last-pass.json'), isLastPass)).value,
    writeLastPass: (lastPass) => writeWithoutSync(path('last-pass.json'), sealed(lastPass)),

    desired: async () => (await readVersioned(path('desired.json'), isStoredDesired)).value,
    writeDesired: (desired) => writeWithoutSync(path('desired.json'), sealed(desired)),

    imageCheck: async () => (await readVersioned(path('image-check.json'), isImageCheck)).value,
    writeImageCheck: (check) => writeWithoutSync(path('image-check.json'), sealed(check)),

    putBlob: (sha256, content) => writeBlob(directory, sha256, content),
    sweepBlobs: async (racks: readonly DesiredRack[]) => {
      const needed = [...racks];
      for (const { committed } of await records.all()) if (committed !== null) needed.push(committed.desired);
      for (const { from, to } of await journals.all()) {
        needed.push(to.desired);
        if (from !== null) needed.push(from.desired);
      }
      await sweepBlobs(directory, new Set(needed.flatMap((rack) => rack.files.map((file) => file.sha256))));
    },

    history: (rack, limit) => readHistory(path('history.jsonl'), rack, limit),
    appendHistory: (entry) => {
      const appended = lastAppend.then(() => appendHistory(path('history.jsonl'), entry));
      lastAppend = appended.catch(() => {});
      return appended;
    },

    evidence: async (rack) => {
      const found: Evidence[] = [];
      for (const name of (await readdir(path('evidence', rack)).catch(() => [])).sort()) {
        const value = await read(join('evidence', rack, name, 'evidence.json'), isEvidence);
        if (value !== null) found.push(value);
      }
      return found;
    },
    writeEvidence: async (evidence) => {
      const folder = path('evidence', evidence.rack);
      await mkdir(join(folder, evidence.rolloutId), { recursive: true, mode: 0o700 });
      await writeDurably(join(folder, evidence.rolloutId, 'evidence.json'), sealed(evidence), false);
      for (const name of (await readdir(folder)).sort().slice(0, -keptEvidence)) {
        await rm(join(folder, name), { recursive: true, force: true });
      }
    },
    deleteEvidence: (rack) => rm(path('evidence', rack), { recursive: true, force: true }),

    hostSuspended: async () => {
      const name = 'suspended.json';
      const suspended = await read(name, isSuspension);
      if (suspended !== null || (await readIfThere(path(name))) === null) return suspended;
      // Damaged: somebody did suspend this host, so it stays so until somebody resumes it.
      return { at: new Date((await stat(path(name))).mtimeMs).toISOString() };
    },
    writeHostSuspended: async (suspended) => {
      if (suspended === null) await removeDurably(path('suspended.json'));
      else await writeDurably(path('suspended.json'), sealed(suspended), false);
    },
  };
}
