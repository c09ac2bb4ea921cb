/** What reading a repository's definitions gives, and the state of one file while they are compared with each other. Types and small questions only. */
import type { Rack } from '../model/generated/index.js';
import { isError, type Problem } from '../model/index.js';
import { type Finding, problemOf } from './finding.js';
import type { ParsedRack } from './parse-rack.js';

/** An entry of the repository, as `git ls-tree` gives it. */
export interface TreeEntryLike {
  readonly path: string;
  /** `100644`, `100755`, `120000`, `160000`. */
  readonly mode: string;
  readonly oid: string;
  /** Bytes; null for submodules. */
  readonly sizeBytes: number | null;
}

/** What is known of a repository path. */
export type RepositoryEntry = Pick<TreeEntryLike, 'mode' | 'sizeBytes' | 'oid'>;

/** A file that a rack takes from the repository. */
export interface FileSource {
  /** As written in the definition. */
  readonly source: string;
  /** Where it was found. */
  readonly path: string;
  readonly oid: string;
}

/** One valid definition. */
export interface Definition {
  /** Path in the repository, `racks/web.yaml`. */
  readonly file: string;
  /** As written, `image.sha256` as 64 lower-case digits. */
  readonly rack: Rack;
  /** In the order of `rack.files`. */
  readonly sources: readonly FileSource[];
}

export interface DefinitionSet {
  /** Valid and selected for this host (without a host: all), sorted by name. */
  readonly racks: readonly Definition[];
  /** Every name that a file defines or claims, on whatever host; sorted. */
  readonly names: readonly string[];
  /** All of them, sorted by file and place. */
  readonly problems: readonly Problem[];
  /** Names claimed by invalid files and by no valid one: by their name field or their file name. Sorted. */
  readonly invalid: readonly string[];
  /** False when absence proves nothing: folder missing, no definition file at all, or no valid one. */
  readonly complete: boolean;
  readonly folderMissing: boolean;
}

/** One definition file in comparison with the others. */
export class DefinitionFile {
  readonly problems: Problem[] = [];
  sources: readonly FileSource[] = [];

  constructor(
    readonly path: string,
    readonly parsed: ParsedRack | null,
  ) {
    for (const finding of parsed?.findings ?? []) this.add(finding);
  }

  /** File name without folder and suffix. */
  get stem(): string {
    return this.path.slice(this.path.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '');
  }

  /** The rack that the file is about: its file name when that is a name, else its name field. */
  get subject(): string | null {
    if (isName(this.stem)) return this.stem;
    return this.claims[0] ?? null;
  }

  /** Every name that the file could mean: its name field, its file name (of `Web.yaml`: `web`). A wrong file holds back all of them. */
  get claims(): readonly string[] {
    const names = [this.parsed?.name ?? '', this.stem.toLowerCase()];
    return [...new Set(names)].filter(isName);
  }

  /** What the file says, when it is valid by itself. */
  get rack(): Rack | null {
    return this.parsed?.rack ?? null;
  }

  /** True as soon as an error is known. */
  get hasError(): boolean {
    return this.problems.some(isError);
  }

  add(finding: Finding): void {
    this.problems.push(problemOf(finding, this.path, this.subject));
  }

  /** Adds a finding at the place of a field. */
  report(pointer: string, code: Finding['code'], message: string, hint: string): void {
    const { line, column } = this.parsed?.placeOf(pointer) ?? { line: 1, column: 1 };
    this.add({ line, column, code, pointer, message, hint });
  }
}

/** A definition file that is valid so far. */
export type ValidFile = DefinitionFile & { readonly rack: Rack };

export function isValid(file: DefinitionFile): file is ValidFile {
  return file.rack !== null && !file.hasError;
}

export function isName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,31}$/.test(text);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
