/**
 * The Git repository as a bare mirror: fetch, resolve, list, read. Only blobs are read; nothing is ever checked out, and no
 * hook, filter or submodule of the repository has an effect. When an object turns out to be damaged the mirror is made anew once.
 * Never touches a rack, and never decides whether a revision may be applied (accept.ts).
 */
import { shorten } from '../lib/index.js';
import { type HostPath, RackError, type Verified } from '../model/index.js';
import { batchesOf } from './batches.js';
import { type GitOutcome, mirrorTrouble } from './failure.js';
import type { GitCall } from './git.js';
import { createUpkeep, type MirrorOptions, tipRef } from './mirror-upkeep.js';
import type { Source, TreeEntry } from './ports.js';
import { isBranchName, isRevision } from './remote.js';
import { parseBatch, parseTree } from './tree.js';
import { verifierOf } from './verify.js';

/** Where a branch or tag asked for by name is kept. */
const askedRef = 'refs/rackops/asked';
const maxEntries = 100_000;
/** A mirror of one branch. Makes nothing before the first call; see `Source` for the calls and their errors. */
export function createMirror(options: MirrorOptions): Source {
  const { directory, branch, timeoutMs } = options;
  const known = new Set<string>();
  const upkeep = createUpkeep(options, () => known.clear());
  const { runner, shown } = upkeep;
  const verifier = verifierOf(options);
  let queue: Promise<unknown> = Promise.resolve();

  /** One thing at a time in this process: a mirror must not be replaced under a reader. */
  function exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work, work).catch((error: unknown) => {
      throw asRackError(error, directory);
    });
    queue = result.catch(() => {});
    return result;
  }

  /** Runs a reader; when the mirror turns out to be damaged, makes it anew and runs the reader once more. */
  async function reading<T>(doing: string, read: () => Promise<T | GitOutcome>): Promise<T> {
    await upkeep.open();
    const attempt = (): Promise<T | GitOutcome> =>
      read().catch((error: unknown) => {
        if (error instanceof LostObjects) return { exitCode: 128, stderr: 'fatal: bad object' };
        throw error;
      });
    const first = await attempt();
    if (!isOutcome(first)) return first;
    if (mirrorTrouble(first) !== 'corrupt') throw await upkeep.failure(doing, first);
    try {
      await upkeep.remake('it was damaged', doing);
    } catch (error) {
      if (!(error instanceof RackError)) throw error;
      throw new RackError(
        'E_GIT_CORRUPT',
        `${doing}: the Git mirror is damaged, and it cannot be made anew now`,
        {
          hint: `${error.message}; it is tried again at the next poll`,
          cause: error,
        },
      );
    }
    const second = await attempt();
    if (!isOutcome(second)) return second;
    throw new RackError('E_GIT_CORRUPT', `${doing}: the revision is not in the mirror that was made anew`, {
      hint: 'sync again, so that the newest revision is used',
    });
  }

  const local = (doing: string): GitCall => ({ doing, directory, timeoutMs });

  async function present(revision: string): Promise<boolean> {
    if (known.has(revision)) return true;
    const type = await runner.text(['cat-file', '-t', revision], local('cannot look into the Git mirror'));
    if (type.exitCode !== 0 || type.stdout.trim() !== 'commit') return false;
    known.add(revision);
    return true;
  }

  async function fetchTip(signal?: AbortSignal): Promise<void> {
    await upkeep.open();
    const doing = `cannot fetch branch "${branch}" from "${shown}"`;
    await upkeep.fetchRef(`+refs/heads/${branch}:${tipRef}`, doing, signal);
    // Git has just checked that all of it is there.
    const tip = await upkeep.tip();
    if (tip !== null) known.add(tip);
    await upkeep.repackWhenDue();
  }

  async function mustBePresent(doing: string, revision: string): Promise<void> {
    if (!isRevision(revision)) throw new Error(`internal error: not a full commit id: ${shorten(revision)}`);
    if (await present(revision)) return;
    // The tip's name leads nowhere: not a revision that was never fetched, but objects that are lost.
    const named = await runner.text(['rev-parse', '--verify', '--quiet', tipRef], local(doing));
    if (isRevision(named.stdout.trim()) && !(await present(named.stdout.trim()))) throw new LostObjects();
    throw new RackError(
      'E_GIT_REF',
      `${doing}: revision "${revision.slice(0, 12)}" is not in the Git mirror`,
      {
        hint: 'sync again, so that the mirror is brought up to date',
      },
    );
  }

  /** Commit that a name in the mirror points to, or null. */
  async function commitOf(name: string): Promise<string | null> {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    const parsed = await runner.text(args, local('cannot look into the Git mirror'));
    const revision = parsed.stdout.trim();
    return parsed.exitCode === 0 && isRevision(revision) ? revision : null;
  }

  function checkFormat(doing: string, oid: string): string {
    if (isRevision(oid)) return oid;
    throw new RackError(
      'E_GIT_OBJECT_FORMAT',
      `${doing}: it uses sha256 object names, which rackops cannot read`,
      {
        hint: 'use a repository with sha1 object names',
      },
    );
  }

  return {
    tip(signal) {
      return exclusive(async () => {
        await upkeep.open();
        const doing = `cannot ask "${shown}" for branch "${branch}"`;
        const name = `refs/heads/${branch}`;
        const oid = (await upkeep.lsRemote(doing, [name], signal)).get(name);
        if (oid !== undefined) return checkFormat(doing, oid);
        throw new RackError('E_GIT_REF', `${doing}: there is no such branch, or the repository is empty`, {
          hint: 'check repository.branch, or push a first commit; the last applied revision stays in force',
        });
      });
    },

    fetch: (signal) => exclusive(() => fetchTip(signal)),

    ensure: (revision, signal) =>
      exclusive(async () => {
        await upkeep.open();
        if (known.has(revision)) return;
        // Asking Git for a commit that is not there yet costs as much as a fetch that brings nothing.
        const isTip = (await upkeep.tip()) === revision;
        if (!(isTip && (await present(revision)))) await fetchTip(signal);
      }),

    resolve(ref) {
      return exclusive(async () => {
        if (!isBranchName(ref)) {
          throw new RackError(
            'E_GIT_REF_NAME',
            `cannot resolve "${shorten(ref)}": it is no name that Git allows`,
            {
              hint: 'write a branch, a tag or a commit id',
            },
          );
        }
        await upkeep.open();
        if (/^[0-9a-f]{4,40}$/i.test(ref)) {
          const commit = await commitOf(ref.toLowerCase());
          if (commit !== null) return commit;
        }
        const short = ref.replace(/^refs\/(?:heads|tags)\//, '');
        if (short === branch && !ref.startsWith('refs/tags/')) {
          const tip = await commitOf(tipRef);
          if (tip !== null) return tip;
        }
        const doing = `cannot fetch "${shorten(ref)}" from "${shown}"`;
        const names = [`refs/heads/${short}`, `refs/tags/${short}`].filter((name) => name.endsWith(ref));
        const offered = await upkeep.lsRemote(doing, names);
        const name = names.find((candidate) => offered.has(candidate));
        if (name === undefined) return null;
        checkFormat(doing, offered.get(name) ?? '');
        await upkeep.fetchRef(`+${name}:${askedRef}`, doing);
        return commitOf(askedRef);
      });
    },

    list(revision) {
      const doing = `cannot list the files of revision "${revision.slice(0, 12)}"`;
      return exclusive(() =>
        reading<readonly TreeEntry[]>(doing, async () => {
          await mustBePresent(doing, revision);
          const tree = await runner.text(
            ['ls-tree', '-r', '-l', '-z', '--full-tree', revision],
            local(doing),
          );
          if (tree.exitCode !== 0) return tree;
          const entries = parseTree(tree.stdout);
          if (entries === null) return { exitCode: 128, stderr: 'fatal: bad object' };
          if (entries.length <= maxEntries) return entries;
          throw new RackError(
            'E_TOO_MANY_FILES',
            `${doing}: ${entries.length} files are more than ${maxEntries}`,
            {
              hint: 'give the racks a repository of their own',
            },
          );
        }),
      );
    },

    readBlobs(entries) {
      const doing = 'cannot read files from the Git mirror';
      return exclusive(async () => {
        const contents = new Map<string, Uint8Array>();
        for (const oids of batchesOf(entries)) {
          const part = await reading<ReadonlyMap<string, Uint8Array>>(doing, async () => {
            const output = await runner.batch(oids, local(doing));
            if (output.exitCode !== 0) return output;
            const batch = parseBatch(output.bytes, oids);
            const damaged = batch.damaged[0];
            return damaged === undefined
              ? batch.contents
              : { exitCode: 1, stderr: `error: ${damaged} is corrupt` };
          });
          for (const [oid, content] of part) contents.set(oid, content);
        }
        return contents;
      });
    },

    isAncestor(ancestor, descendant) {
      const doing = `cannot compare revisions "${ancestor.slice(0, 12)}" and "${descendant.slice(0, 12)}"`;
      return exclusive(() =>
        reading<boolean>(doing, async () => {
          await mustBePresent(doing, descendant);
          if (ancestor === descendant) return true;
          // Not in the mirror: it was made anew, and the branch no longer leads there.
          if (!isRevision(ancestor) || !(await present(ancestor))) return false;
          // Not `--is-ancestor`: a command that prints nothing is waited for longer by simple-git.
          const answer = await runner.text(['merge-base', ancestor, descendant], local(doing));
          if (answer.exitCode > 1 || answer.stderr.includes('error:')) return answer;
          return answer.stdout.trim() === ancestor;
        }),
      );
    },

    checkKeys: (thorough) =>
      exclusive(async () => {
        if (verifier === null) return;
        if (thorough) await upkeep.open();
        await verifier.checkKeys(thorough);
      }),

    verify: (since, until, signal) =>
      exclusive(async () => {
        if (verifier === null) return null;
        const doing = `cannot check the signature of commit "${until.slice(0, 12)}"`;
        return reading<Verified>(doing, async () => {
          await mustBePresent(doing, until);
          // Without it nobody could say what is new: not as if only the tip were.
          if (since !== null && !(isRevision(since) && (await present(since))))
            throw new RackError('E_SIG_VERIFIER', `${doing}: "${since.slice(0, 12)}" is not in the mirror`, {
              hint: 'delete the mirror directory below state; it is fetched anew',
            });
          return verifier.verify(since, until, signal);
        });
      }),

    messages(since, until) {
      const doing = `cannot read the commit messages up to revision "${until.slice(0, 12)}"`;
      return exclusive(() =>
        reading<readonly string[]>(doing, async () => {
          await mustBePresent(doing, until);
          // Without `since` in the mirror only the tip's own message counts: fewer allowances, never more.
          const from = since !== null && isRevision(since) && (await present(since)) ? since : null;
          const args = ['log', '-z', '--format=%B', '--no-show-signature', '--no-decorate'];
          const range = from === null ? ['--max-count=1', until] : ['--max-count=1000', until, `^${from}`];
          const log = await runner.text([...args, ...range, '--'], local(doing));
          if (log.exitCode !== 0) return log;
          return log.stdout
            .split('\0')
            .filter((message, index, all) => index < all.length - 1 || message !== '');
        }),
      );
    },
  };
}

/** The mirror's own reference names an object that is not there. */
class LostObjects extends Error {}

/** A full disk or a read-only state directory, told as what it is. */
function asRackError(error: unknown, directory: HostPath): unknown {
  if (error instanceof RackError || !(error instanceof Error) || !('syscall' in error && 'code' in error))
    return error;
  return new RackError('E_STATE', `cannot write the Git mirror "${directory}": ${String(error.code)}`, {
    hint: 'check the space and the mount of the state directory; no rack was touched',
    cause: error,
  });
}

function isOutcome(value: unknown): value is GitOutcome {
  return typeof value === 'object' && value !== null && 'exitCode' in value && 'stderr' in value;
}
