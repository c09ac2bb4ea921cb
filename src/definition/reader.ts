/**
 * All definitions of a revision: parsed (each blob once), compared with each other, selected for this host. Takes contents, opens nothing, never
 * throws for what is written in a repository. One bad file never affects another rack.
 */
import { escapeControl } from '../lib/index.js';
import type { HostConfig, Problem } from '../model/index.js';
import { checkAllowed } from './allow.js';
import { checkClashes } from './clashes.js';
import { isDefinitionName, isDefinitionPath } from './definition-path.js';
import { checkDependencies } from './dependencies.js';
import { maxCachedBlobs, maxDefinitionBytes, maxDefinitionFiles } from './limits.js';
import { ReadMemo } from './memo.js';
import { checkNames } from './names.js';
import { type ParsedRack, parseRack } from './parse-rack.js';
import { selects } from './select.js';
import {
  compareText,
  type Definition,
  DefinitionFile,
  type DefinitionSet,
  isValid,
  type RepositoryEntry,
  type TreeEntryLike,
  type ValidFile,
} from './set.js';
import { isRegular, modeFault, type Repository, resolveSources } from './sources.js';
import { grouped, tooLarge } from './text.js';

export interface ReadInput {
  /** Entries of the revision: at least those of the folder, at most all. */
  readonly entries: readonly TreeEntryLike[];
  /** Contents by object id: at least what `missing` named. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** All entries of the revision by path. */
  readonly repository: ReadonlyMap<string, RepositoryEntry>;
  /** Folder of the definitions, `racks`; `""` is the repository's top. */
  readonly path: string;
  /** Null: validate without a host; then all racks are selected and nothing is compared with an allow-list. */
  readonly host: Pick<HostConfig, 'labels' | 'allow' | 'name'> | null;
  /** Racks installed here: the running owner of an address goes on, the newcomer is refused. */
  readonly installed: readonly string[];
}

export class DefinitionReader {
  readonly #parsed = new Map<string, ParsedRack>();
  readonly #memo = new ReadMemo();

  /** Entries whose contents `read` will need. With `path`, only those directly in that folder. */
  missing<T extends TreeEntryLike>(entries: readonly T[], path?: string): readonly T[] {
    const wanted = entries.filter((entry) =>
      path === undefined ? isDefinitionName(entry.path) : isDefinitionPath(entry.path, path),
    );
    if (wanted.length > maxDefinitionFiles) return [];
    return wanted.filter((entry) => isReadable(entry) && !this.#parsed.has(entry.oid));
  }

  /**
   * The definitions of a revision with everything that is wrong with them. Returns the same object again when nothing that it depends on has changed.
   * Errors: `internal error` when a blob was not supplied.
   */
  read(input: ReadInput): DefinitionSet {
    const known = this.#memo.recall(input);
    if (known !== null) return known;
    const { repository, recorded } = recording(input.repository);
    const set = this.#read(input, repository);
    this.#memo.remember(input, recorded, set);
    return set;
  }

  #read(input: ReadInput, repository: Repository): DefinitionSet {
    const entries = input.entries
      .filter((entry) => isDefinitionPath(entry.path, input.path))
      .sort((a, b) => compareText(a.path, b.path));
    if (entries.length > maxDefinitionFiles) return tooMany(entries.length, input.path);
    const files = entries.map((entry) => this.#file(entry, input.blobs));
    this.#forget(new Set(entries.map((entry) => entry.oid)));

    checkNames(files);
    for (const file of files.filter(isValid)) resolveSources(file, repository);
    const labels = input.host?.labels ?? null;
    const isHere = (file: ValidFile): boolean => labels === null || selects(file.rack, labels);
    const here = (): readonly ValidFile[] => files.filter(isValid).filter(isHere);
    if (input.host !== null) for (const file of here()) checkAllowed(file, input.host);
    checkDependencies(files.filter(isValid), here(), new Set(files.flatMap((file) => file.claims)));
    checkClashes(here(), new Set(input.installed), input.host !== null);

    const valid = files.filter(isValid);
    const validNames = new Set(valid.map((file) => file.rack.name));
    const claimed = new Set(files.filter((file) => !isValid(file)).flatMap((file) => file.claims));
    return {
      racks: here()
        .map(definitionOf)
        .sort((a, b) => compareText(a.rack.name, b.rack.name)),
      names: [...new Set([...validNames, ...claimed])].sort(compareText),
      problems: files.flatMap((file) => file.problems.toSorted(byPlace)),
      invalid: [...claimed].filter((name) => !validNames.has(name)).sort(compareText),
      complete: valid.length > 0,
      folderMissing: entries.length === 0 && !hasFolder(input, input.path),
    };
  }

  #file(entry: TreeEntryLike, blobs: ReadonlyMap<string, Uint8Array>): DefinitionFile {
    if (!isRegular(entry.mode)) {
      const file = new DefinitionFile(entry.path, null);
      const { message, hint } = modeFault(entry.path, entry.mode);
      file.report('', 'E_GIT_MODE', message, hint);
      return file;
    }
    if (!isReadable(entry)) {
      const file = new DefinitionFile(entry.path, null);
      file.add(tooLarge(entry.sizeBytes ?? 0));
      return file;
    }
    const parsed = this.#parse(entry, blobs);
    if (!controlCharacter.test(entry.path)) return new DefinitionFile(entry.path, parsed);
    // Read all the same, so that it still holds the rack that it names.
    const file = new DefinitionFile(escapeControl(entry.path).replaceAll('\t', '\\x09'), parsed);
    file.report('', 'E_PATH', 'the file name has a control character', 'rename the file');
    return file;
  }

  #parse(entry: TreeEntryLike, blobs: ReadonlyMap<string, Uint8Array>): ParsedRack {
    const known = this.#parsed.get(entry.oid);
    if (known !== undefined) return known;
    const bytes = blobs.get(entry.oid);
    if (bytes === undefined)
      throw new Error(`internal error: the content of "${entry.path}" was not supplied`);
    const parsed = parseRack(bytes);
    this.#parsed.set(entry.oid, parsed);
    return parsed;
  }

  /** Oldest first, never one that is in use. */
  #forget(used: ReadonlySet<string>): void {
    for (const oid of this.#parsed.keys()) {
      if (this.#parsed.size <= maxCachedBlobs) return;
      if (!used.has(oid)) this.#parsed.delete(oid);
    }
  }
}

function definitionOf(file: ValidFile): Definition {
  return { file: file.path, rack: file.rack, sources: file.sources };
}

function byPlace(a: Problem, b: Problem): number {
  return (
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.pointer, b.pointer) ||
    compareText(a.message, b.message)
  );
}

const controlCharacter = /\p{Cc}/u;

function isReadable(entry: TreeEntryLike): boolean {
  return isRegular(entry.mode) && (entry.sizeBytes ?? 0) <= maxDefinitionBytes;
}

function hasFolder(input: ReadInput, folder: string): boolean {
  if (folder === '') return true;
  for (const path of input.repository.keys()) {
    if (path.startsWith(`${folder}/`)) return true;
  }
  return false;
}

function tooMany(count: number, folder: string): DefinitionSet {
  const problem: Problem = {
    code: 'E_TOO_MANY_FILES',
    severity: 'error',
    file: folder,
    line: 1,
    column: 1,
    pointer: '',
    message: `${grouped(count)} definition files > ${grouped(maxDefinitionFiles)}; none is read`,
    hint: 'use fewer files, or several repositories',
  };
  return { racks: [], names: [], problems: [problem], invalid: [], complete: false, folderMissing: false };
}

/** The repository, with a note of every path that was asked for: only these can change the answer. */
function recording(entries: ReadonlyMap<string, RepositoryEntry>): {
  readonly repository: Repository;
  readonly recorded: Recorded;
} {
  const asked = new Map<string, string | null>();
  const recorded = { asked, searched: false };
  return {
    recorded,
    repository: {
      get: (path) => {
        const entry = entries.get(path);
        asked.set(path, entry === undefined ? null : `${entry.mode} ${entry.oid}`);
        return entry;
      },
      paths: () => {
        recorded.searched = true;
        return entries.keys();
      },
    },
  };
}

/** What of the repository an answer depends on: entries by path (null: absent), and whether all paths were looked through. */
export interface Recorded {
  readonly asked: ReadonlyMap<string, string | null>;
  readonly searched: boolean;
}
