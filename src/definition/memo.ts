/**
 * The last answer of the reader and what it depended on: an unchanged repository costs a comparison, not a check.
 * Nothing here knows what a definition is.
 */
import { stableJson } from '../lib/index.js';
import type { ReadInput, Recorded } from './reader.js';
import type { DefinitionSet, TreeEntryLike } from './set.js';

interface Entry {
  readonly entries: readonly TreeEntryLike[];
  readonly repository: ReadInput['repository'];
  readonly key: string;
  readonly recorded: Recorded;
  readonly set: DefinitionSet;
}

export class ReadMemo {
  #last: Entry | null = null;

  /** The last answer when nothing that it depended on has changed, else null. */
  recall(input: ReadInput): DefinitionSet | null {
    const last = this.#last;
    if (last === null || last.key !== keyOf(input) || !sameEntries(last.entries, input.entries)) return null;
    if (last.repository === input.repository) return last.set;
    // A "did you mean" or a missing folder looked through all paths: then only the same map gives the same answer.
    if (last.recorded.searched || last.set.racks.length === 0) return null;
    for (const [path, was] of last.recorded.asked) {
      const entry = input.repository.get(path);
      if ((entry === undefined ? null : `${entry.mode} ${entry.oid}`) !== was) return null;
    }
    return last.set;
  }

  remember(input: ReadInput, recorded: Recorded, set: DefinitionSet): void {
    this.#last = { entries: input.entries, repository: input.repository, key: keyOf(input), recorded, set };
  }
}

function keyOf({ path, host, installed }: ReadInput): string {
  const part = host === null ? null : { labels: host.labels, allow: host.allow, name: host.name };
  return stableJson([path, part, installed]);
}

function sameEntries(a: readonly TreeEntryLike[], b: readonly TreeEntryLike[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every((entry, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        entry.oid === other.oid &&
        entry.path === other.path &&
        entry.mode === other.mode
      );
    })
  );
}
