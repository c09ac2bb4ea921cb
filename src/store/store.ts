/**
 * The state directory. Documents that decide (records, journals, the applied revision) are durable when a write returns; what only informs (time stamp of an idle
 * pass, history) costs no sync.
 */
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stableJson } from '../lib/index.js';
import type {
  AppliedRecord,
  DesiredRack,
  Emit,
  HostPath,
  RackRecord,
  RolloutJournal,
} from '../model/index.js';
import { readIfThere, removeDurably, writeDurably } from './atomic.js';
import { Collection } from './collection.js';
import { appendHistory, readHistory } from './history.js';
import type { DesiredSummary, Evidence, LastPass, ReadableStore, Store } from './ports.js';
import { isAnyObject, isApplied, isJournal, isRackRecord } from './shapes.js';
import { readVersioned } from './versioned.js';

/** Failed rollouts of a rack whose evidence is kept. */
const keptEvidence = 5;

/** For the holder of the lock. Makes what is missing, removes what a crash left half-written. Errors: E_STATE, E_STATE_FULL, E_STATE_READONLY. */
export async function openStore(options: {
  readonly directory: HostPath;
  readonly emit: Emit;
}): Promise<Store> {
  const { directory, emit } = options;
  for (const name of ['', 'racks', 'journal', 'blobs', 'evidence']) {
    await mkdir(join(directory, name), { recursive: true, mode: 0o700 });
  }
  for (const name of ['', 'racks', 'journal', 'blobs']) {
    for (const file of await readdir(join(directory, name))) {
      if (file.endsWith('.tmp')) await rm(join(directory, name, file), { force: true });
    }
  }
  const warn = (message: string): void => emit({ code: 'Warning', warning: 'StateRecovered', message });
  return makeStore(directory, warn, true);
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
    warn,
    cached,
  });
  const journals = new Collection<RolloutJournal>({
    directory: path('journal'),
    isWhole: isJournal,
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
      await writeDurably(path('applied.json'), JSON.stringify(record), true);
      applied = record;
    },

    summary: () => read<DesiredSummary>('summary.json', isAnyObject),
    writeSummary: async (summary) => {
      const text = stableJson(summary);
      summaryText ??= await readIfThere(path('summary.json'));
      if (text === summaryText) return;
      await writeDurably(path('summary.json'), text, false);
      summaryText = text;
    },

    lastPass: () => read<LastPass>('last-pass.json', isAnyObject),
    writeLastPass: async (lastPass) => {
      await writeFile(path('last-pass.json.tmp'), JSON.stringify(lastPass), { mode: 0o600 });
      await rename(path('last-pass.json.tmp'), path('last-pass.json'));
    },

    putBlob: async (sha256, content) => {
      const isThere = await access(path('blobs', sha256)).then(
        () => true,
        () => false,
      );
      if (!isThere) await writeDurably(path('blobs', sha256), content, false);
    },
    sweepBlobs: async (racks: readonly DesiredRack[]) => {
      const used = new Set(racks.flatMap((rack) => rack.files.map((file) => file.sha256)));
      for (const name of await readdir(path('blobs'))) {
        if (!used.has(name)) await rm(path('blobs', name), { force: true });
      }
    },

    history: (rack, limit) => readHistory(path('history.jsonl'), rack, limit),
    appendHistory: (entry) => appendHistory(path('history.jsonl'), entry),

    evidence: async (rack) => {
      const found: Evidence[] = [];
      for (const name of (await readdir(path('evidence', rack)).catch(() => [])).sort()) {
        const value = await read<Evidence>(join('evidence', rack, name, 'evidence.json'), isAnyObject);
        if (value !== null) found.push(value);
      }
      return found;
    },
    writeEvidence: async (evidence) => {
      const folder = path('evidence', evidence.rack);
      await mkdir(join(folder, evidence.rolloutId), { recursive: true, mode: 0o700 });
      await writeDurably(
        join(folder, evidence.rolloutId, 'evidence.json'),
        JSON.stringify(evidence, null, 2),
        false,
      );
      for (const name of (await readdir(folder)).sort().slice(0, -keptEvidence)) {
        await rm(join(folder, name), { recursive: true, force: true });
      }
    },
    deleteEvidence: (rack) => rm(path('evidence', rack), { recursive: true, force: true }),

    hostSuspended: () => read<{ readonly at: string }>('suspended.json', isAnyObject),
    writeHostSuspended: async (suspended) => {
      if (suspended === null) await removeDurably(path('suspended.json'));
      else await writeDurably(path('suspended.json'), JSON.stringify(suspended), false);
    },
  };
}
