/**
 * The store in memory, for tests that are about something else than files. Values go through JSON, as on disk: what does not survive that is lost here too.
 * It outlives lives of a memory host; `world.guard('store', store)` puts it under faults.
 */
import type { HistoryEntry } from '../../src/model/index.js';
import type { DesiredSummary, Evidence, LastPass, Store, StoredDesired } from '../../src/store/index.js';

export function createMemoryStore(): Store {
  const records = new Documents<Awaited<ReturnType<Store['records']>>[number]>();
  const journals = new Documents<Awaited<ReturnType<Store['journals']>>[number]>();
  const applied = new Documents<NonNullable<Awaited<ReturnType<Store['applied']>>>>();
  const summary = new Documents<DesiredSummary>();
  const desired = new Documents<StoredDesired>();
  const lastPass = new Documents<LastPass>();
  const imageCheck = new Documents<NonNullable<Awaited<ReturnType<Store['imageCheck']>>>>();
  const suspended = new Documents<{ readonly at: string }>();
  const evidence = new Map<string, readonly Evidence[]>();
  const blobs = new Map<string, Uint8Array>();
  const history: HistoryEntry[] = [];
  return {
    records: async () => records.all(),
    record: async (rack) => records.get(rack),
    writeRecord: async (record) => records.put(record.rack, record),
    deleteRecord: async (rack) => records.delete(rack),
    journals: async () => journals.all(),
    writeJournal: async (journal) => journals.put(journal.rack, journal),
    deleteJournal: async (rack) => journals.delete(rack),
    applied: async () => applied.get(''),
    writeApplied: async (record) => applied.put('', record),
    summary: async () => summary.get(''),
    writeSummary: async (value) => summary.put('', value),
    desired: async () => desired.get(''),
    writeDesired: async (value) => desired.put('', value),
    lastPass: async () => lastPass.get(''),
    writeLastPass: async (value) => lastPass.put('', value),
    imageCheck: async () => imageCheck.get(''),
    writeImageCheck: async (check) => imageCheck.put('', check),
    putBlob: async (sha256, content) => void blobs.set(sha256, content),
    sweepBlobs: async (racks) => {
      const used = new Set(racks.flatMap((rack) => rack.files.map((file) => file.sha256)));
      for (const sha256 of blobs.keys()) if (!used.has(sha256)) blobs.delete(sha256);
    },
    history: async (rack, limit) =>
      history.filter((entry) => rack === null || entry.rack === rack).slice(-limit),
    appendHistory: async (entry) => void history.push(entry),
    evidence: async (rack) => evidence.get(rack) ?? [],
    writeEvidence: async (entry) => {
      const others = (evidence.get(entry.rack) ?? []).filter((other) => other.rolloutId !== entry.rolloutId);
      evidence.set(entry.rack, [...others, entry].slice(-5));
    },
    deleteEvidence: async (rack) => void evidence.delete(rack),
    hostSuspended: async () => suspended.get(''),
    writeHostSuspended: async (value) => (value === null ? suspended.delete('') : suspended.put('', value)),
  };
}

class Documents<T> {
  readonly #texts = new Map<string, string>();

  put(key: string, value: T): void {
    this.#texts.set(key, JSON.stringify(value));
  }

  delete(key: string): void {
    this.#texts.delete(key);
  }

  get(key: string): T | null {
    const text = this.#texts.get(key);
    return text === undefined ? null : parse<T>(text);
  }

  all(): readonly T[] {
    return [...this.#texts.keys()].sort().flatMap((key) => this.get(key) ?? []);
  }
}

/** What went in as T comes out as T. */
function parse<T>(text: string): T {
  const value: T = JSON.parse(text);
  return value;
}
