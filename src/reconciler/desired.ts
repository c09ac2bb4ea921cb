/**
 * From a revision in the mirror to the desired state of this host: definitions read, checked and resolved, each blob parsed once.
 * An unchanged revision costs nothing: the whole result is kept, also on disk, so that the next process need not ask Git
 * and a boot without remote and mirror has its racks.
 */
import { DefinitionReader, type DefinitionSet, isDefinitionPath } from '../definition/index.js';
import { sha256Hex, stableJson } from '../lib/index.js';
import {
  type DesiredRack,
  type DesiredState,
  type HostConfig,
  type Problem,
  RackError,
} from '../model/index.js';
import { resolveRack } from '../planning/index.js';
import type { Source, TreeEntry } from '../source/index.js';
import type { StoredDesired } from '../store/index.js';

export interface ReadState {
  readonly desired: DesiredState;
  readonly problems: readonly Problem[];
  readonly folderMissing: boolean;
  /** True: no definition file at all, so that an allowance may take it for meant. */
  readonly isEmpty: boolean;
  /** Repository entries of the files that the racks take from Git, by sha256 of their content. */
  readonly files: ReadonlyMap<string, TreeEntry>;
}

/** Where a result outlives the process. */
export interface DesiredMemory {
  load(): Promise<StoredDesired | null>;
  /** Does nothing for readers without the lock. */
  save(desired: StoredDesired): Promise<void>;
}

/** Keeps parsed definitions and content digests between passes. */
export class DesiredReader {
  readonly #source: Source;
  readonly #config: HostConfig;
  readonly #definitions = new DefinitionReader();
  readonly #contentSha256 = new Map<string, string>();
  readonly #memory: DesiredMemory;
  readonly #about: string;
  #isLoaded = false;
  #last: { readonly key: string; readonly state: ReadState } | null = null;
  #tree: { readonly revision: string; readonly entries: readonly TreeEntry[] } | null = null;

  /** `version`: of this program; another one may read the same definitions differently. */
  constructor(source: Source, config: HostConfig, memory: DesiredMemory, version: string) {
    this.#source = source;
    this.#config = config;
    this.#memory = memory;
    const { labels, allow, name, repository } = config;
    this.#about = stableJson({ format: 1, version, labels, allow, name, path: repository.path });
  }

  /**
   * `installed` decides clashes: the running owner of a name or an address continues. `mayFetch` null: the remote is down, only the mirror is asked.
   * Errors: those of the source.
   */
  async read(
    revision: string,
    installed: readonly string[],
    mayFetch: AbortSignal | null,
  ): Promise<ReadState> {
    const key = sha256Hex(`${this.#about} ${revision} ${installed.join(',')}`);
    await this.#load();
    if (this.#last?.key === key) return this.#last.state;
    if (mayFetch !== null) await this.#source.ensure(revision, mayFetch);
    if (this.#tree?.revision !== revision)
      this.#tree = { revision, entries: await this.#source.list(revision) };
    const { entries } = this.#tree;
    const repository = new Map(entries.map((entry) => [entry.path, entry]));
    const definitionEntries = entries.filter((entry) =>
      isDefinitionPath(entry.path, this.#config.repository.path),
    );
    const blobs = await this.#source.readBlobs(
      this.#definitions.missing(definitionEntries).map((e) => lookUp(repository, e.path)),
    );
    const set = this.#definitions.read({
      entries: definitionEntries,
      blobs,
      repository,
      path: this.#config.repository.path,
      host: this.#config,
      installed,
    });
    const isEmpty = set.folderMissing || definitionEntries.length === 0;
    const state = { ...(await this.#resolve(set, revision, repository)), isEmpty };
    this.#last = { key, state };
    await this.#save(key, state);
    return state;
  }

  async #load(): Promise<void> {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    const stored = await unlessRefused(this.#memory.load());
    if (stored === null) return;
    const { key, desired, problems, folderMissing, isEmpty } = stored;
    const files = new Map(stored.files.map(({ sha256, ...entry }) => [sha256, entry]));
    this.#last = { key, state: { desired, problems, folderMissing, isEmpty, files } };
  }

  async #save(key: string, state: ReadState): Promise<void> {
    const files = [...state.files].map(([sha256, entry]) => ({ sha256, ...entry }));
    await unlessRefused(this.#memory.save({ format: 1, key, ...state, files }));
  }

  async #resolve(
    set: DefinitionSet,
    revision: string,
    repository: ReadonlyMap<string, TreeEntry>,
  ): Promise<Omit<ReadState, 'isEmpty'>> {
    const sources = set.racks.flatMap((definition) => definition.sources);
    const unknown = sources
      .filter(({ oid }) => !this.#contentSha256.has(oid))
      .map(({ path }) => lookUp(repository, path));
    for (const [oid, content] of await this.#source.readBlobs(unknown)) {
      this.#contentSha256.set(oid, sha256Hex(content));
    }
    const inUse = new Set(sources.map(({ oid }) => oid));
    for (const oid of this.#contentSha256.keys()) if (!inUse.has(oid)) this.#contentSha256.delete(oid);
    // A dependency whose file is invalid is waited for, not dropped.
    const onThisHost = new Set([...set.racks.map((definition) => definition.rack.name), ...set.invalid]);
    const racks: DesiredRack[] = set.racks.map((definition) =>
      resolveRack(definition, { revision, contentSha256: this.#contentSha256, onThisHost }),
    );
    const files = new Map<string, TreeEntry>();
    for (const { path, oid } of sources) {
      const sha256 = this.#contentSha256.get(oid);
      if (sha256 !== undefined) files.set(sha256, lookUp(repository, path));
    }
    return {
      desired: { revision, racks, invalid: set.invalid, complete: set.complete },
      problems: set.problems,
      folderMissing: set.folderMissing,
      files,
    };
  }
}

/** It saves time only: a full disk, or a document of a newer program, must not keep a pass from reading Git. */
async function unlessRefused<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof RackError) return null;
    throw error;
  }
}

function lookUp(repository: ReadonlyMap<string, TreeEntry>, path: string): TreeEntry {
  const entry = repository.get(path);
  if (entry === undefined) throw new Error(`internal error: "${path}" is not in the tree it was read from`);
  return entry;
}
