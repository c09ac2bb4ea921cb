/** One durable JSON document per rack in a directory, kept in memory after the first read: the holder of the lock is the only writer. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, removeDurably, stateError, writeDurably } from './atomic.js';
import { readVersioned, sealed } from './versioned.js';

export class Collection<T extends { readonly rack: string }> {
  readonly #directory: string;
  readonly #isWhole: (value: unknown) => value is T;
  readonly #complete: (value: T) => T;
  readonly #warn: (message: string) => void;
  readonly #cached: boolean;
  /** The one read, shared by everybody who asks at the same time. */
  #documents: Promise<Map<string, T>> | null = null;

  constructor(options: {
    readonly directory: string;
    readonly isWhole: (value: unknown) => value is T;
    /** Fills in what documents of an earlier rackops do not have. */
    readonly complete: (value: T) => T;
    readonly warn: (message: string) => void;
    /** False for readers without the lock: somebody else may write at any time. */
    readonly cached: boolean;
  }) {
    this.#directory = options.directory;
    this.#isWhole = options.isWhole;
    this.#complete = options.complete;
    this.#warn = options.warn;
    this.#cached = options.cached;
  }

  async all(): Promise<readonly T[]> {
    const documents = await this.#load();
    return [...documents.values()].sort((a, b) => (a.rack < b.rack ? -1 : 1));
  }

  async get(rack: string): Promise<T | null> {
    return (await this.#load()).get(rack) ?? null;
  }

  async put(document: T): Promise<void> {
    const documents = await this.#load();
    await writeDurably(this.#path(document.rack), sealed(document), true);
    documents.set(document.rack, document);
  }

  async delete(rack: string): Promise<void> {
    const documents = await this.#load();
    if (!documents.has(rack)) return;
    await removeDurably(this.#path(rack));
    documents.delete(rack);
  }

  async #load(): Promise<Map<string, T>> {
    if (!this.#cached) return this.#read();
    this.#documents ??= this.#read();
    return this.#documents;
  }

  async #read(): Promise<Map<string, T>> {
    const documents = new Map<string, T>();
    const names = await readdir(this.#directory).catch(async (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw await stateError(`read "${this.#directory}"`, error, this.#directory);
    });
    for (const name of names) {
      if (!name.endsWith('.json')) continue;
      const { value, warning } = await readVersioned(join(this.#directory, name), this.#isWhole);
      if (warning !== null) this.#warn(warning);
      if (value !== null) documents.set(value.rack, this.#complete(value));
    }
    return documents;
  }

  #path(rack: string): string {
    return join(this.#directory, `${rack}.json`);
  }
}
