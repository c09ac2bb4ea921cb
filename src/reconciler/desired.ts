/**
 * From a revision in the mirror to the desired state of this host: definitions read, checked and resolved, each blob parsed once.
 * An unchanged revision costs nothing: the whole result is kept.
 */
import { DefinitionReader, type DefinitionSet } from '../definition/index.js';
import { sha256Hex } from '../lib/index.js';
import type { DesiredRack, DesiredState, HostConfig, Problem } from '../model/index.js';
import { resolveRack } from '../planning/index.js';
import type { Source, TreeEntry } from '../source/index.js';

export interface ReadState {
  readonly desired: DesiredState;
  readonly problems: readonly Problem[];
  readonly folderMissing: boolean;
  /** Repository entries of the files that the racks take from Git, by sha256 of their content. */
  readonly files: ReadonlyMap<string, TreeEntry>;
}

/** Keeps parsed definitions and content digests between passes. */
export class DesiredReader {
  readonly #source: Source;
  readonly #config: HostConfig;
  readonly #definitions = new DefinitionReader();
  readonly #contentSha256 = new Map<string, string>();
  #last: { readonly key: string; readonly state: ReadState } | null = null;

  constructor(source: Source, config: HostConfig) {
    this.#source = source;
    this.#config = config;
  }

  /** `installed` decides clashes: the running owner of a name or an address continues. Errors: those of the source. */
  async read(revision: string, installed: readonly string[]): Promise<ReadState> {
    const key = `${revision} ${installed.join(',')}`;
    if (this.#last?.key === key) return this.#last.state;
    const entries = await this.#source.list(revision);
    const repository = new Map(entries.map((entry) => [entry.path, entry]));
    const definitionEntries = entries.filter((entry) =>
      isDefinition(entry.path, this.#config.repository.path),
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
    const state = await this.#resolve(set, revision, repository);
    this.#last = { key, state };
    return state;
  }

  async #resolve(
    set: DefinitionSet,
    revision: string,
    repository: ReadonlyMap<string, TreeEntry>,
  ): Promise<ReadState> {
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

function isDefinition(path: string, folder: string): boolean {
  const prefix = folder === '' ? '' : `${folder}/`;
  return path.startsWith(prefix) && !path.slice(prefix.length).includes('/') && /\.ya?ml$/.test(path);
}

function lookUp(repository: ReadonlyMap<string, TreeEntry>, path: string): TreeEntry {
  const entry = repository.get(path);
  if (entry === undefined) throw new Error(`internal error: "${path}" is not in the tree it was read from`);
  return entry;
}
