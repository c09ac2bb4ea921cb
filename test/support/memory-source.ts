/** A repository in memory behind the `Source` port: commits as values, the remote can be down. What Git itself does is tested in test/integration/source. */
import { createHash } from 'node:crypto';
import { RackError } from '../../src/model/index.js';
import type { Source, TreeEntry } from '../../src/source/index.js';

interface Commit {
  readonly revision: string;
  readonly parent: string | null;
  readonly message: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface MemoryRepository {
  readonly source: Source;
  /** A commit on top of the branch with exactly these files. Returns its revision. */
  commit(files: Readonly<Record<string, string>>, message?: string): string;
  /** The branch points to this revision, descendant or not. */
  reset(revision: string): void;
  setDown(down: boolean): void;
  /** The mirror is gone: nothing can be read until it is fetched again. */
  loseMirror(): void;
  /** Names of the calls so far, in order. */
  readonly calls: string[];
}

export function memoryRepository(): MemoryRepository {
  const commits = new Map<string, Commit>();
  const blobs = new Map<string, Uint8Array>();
  let tip: string | null = null;
  let down = false;
  let lost = false;
  const calls: string[] = [];
  const commitOf = (revision: string): Commit => {
    const commit = commits.get(revision);
    if (commit === undefined) throw new Error(`no commit ${revision}`);
    return commit;
  };
  const ancestors = (revision: string): Commit[] => {
    const list: Commit[] = [];
    for (let next: string | null = revision; next !== null; next = commitOf(next).parent)
      list.push(commitOf(next));
    return list;
  };
  return {
    commit: (files, message = 'a commit') => {
      const contents = new Map(
        Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const),
      );
      const seed = `${tip} ${message} ${commits.size} ${JSON.stringify(files)}`;
      const revision = createHash('sha1').update(seed).digest('hex');
      commits.set(revision, { revision, parent: tip, message, files: contents });
      tip = revision;
      return revision;
    },
    reset: (revision) => {
      tip = revision;
    },
    setDown: (isDown) => {
      down = isDown;
    },
    loseMirror: () => {
      lost = true;
    },
    calls,
    source: logged(calls, {
      tip: async () => {
        if (down || tip === null) throw new RackError('E_GIT_UNREACHABLE', 'cannot reach the Git server');
        return tip;
      },
      ensure: async (revision) => {
        if (!lost && commits.has(revision)) return;
        if (down) throw new RackError('E_GIT_UNREACHABLE', 'cannot reach the Git server');
        lost = false;
      },
      fetch: async () => {
        if (down) throw new RackError('E_GIT_UNREACHABLE', 'cannot reach the Git server');
        lost = false;
      },
      resolve: async (ref) => (commits.has(ref) ? ref : null),
      list: async (revision) => {
        if (lost) throw new RackError('E_GIT_CORRUPT', 'cannot read the mirror');
        return [...commitOf(revision).files].map(([path, content]): TreeEntry => {
          const oid = createHash('sha1').update(content).digest('hex');
          blobs.set(oid, content);
          return { path, mode: '100644', oid, sizeBytes: content.length };
        });
      },
      readBlobs: async (entries) =>
        new Map(entries.map((entry) => [entry.oid, blobs.get(entry.oid) ?? new Uint8Array()])),
      isAncestor: async (ancestor, descendant) => ancestors(descendant).some((c) => c.revision === ancestor),
      checkKeys: async () => {},
      verify: async () => null,
      messages: async (since, until) => {
        const list = ancestors(until);
        const end = since === null ? 1 : list.findIndex((commit) => commit.revision === since);
        return list.slice(0, end === -1 ? list.length : end).map((commit) => commit.message);
      },
    }),
  };
}

function logged(calls: string[], source: Source): Source {
  return new Proxy(source, {
    get: (target, name, receiver) => {
      calls.push(String(name));
      return Reflect.get(target, name, receiver);
    },
  });
}
