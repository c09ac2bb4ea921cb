/**
 * A team's side of the story: a bare Git repository, and a working copy from which definitions are committed and pushed.
 * Uses the git program with a configuration of its own; nothing of the user's is read or written.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

/** File contents by path in the repository; null deletes; an object is written as YAML. */
export type Changes = Readonly<Record<string, string | Uint8Array | object | null>>;

export class TestRepository {
  /** Host path of the bare repository: `repository.url` of host.yaml. */
  readonly bare: string;
  /** Host path of the working copy. */
  readonly work: string;

  private constructor(directory: string) {
    this.bare = join(directory, 'repository.git');
    this.work = join(directory, 'work');
  }

  /** A repository with one commit (a README), branch `main`. */
  static create(directory: string): TestRepository {
    const repository = new TestRepository(directory);
    mkdirSync(repository.work, { recursive: true });
    repository.raw(directory, ['init', '--quiet', '--bare', '--initial-branch=main', repository.bare]);
    repository.git('init', '--quiet', '--initial-branch=main');
    repository.git('remote', 'add', 'origin', repository.bare);
    repository.commit({ 'README.md': 'Racks of this place.\n' }, 'start');
    return repository;
  }

  /** Writes, commits and pushes; returns the commit (40 hex digits). */
  commit(changes: Changes, message: string): string {
    this.write(changes);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.push();
  }

  /** A merge request being merged: the changes on a branch of their own, then a merge commit on main. Returns the merge commit. */
  merge(changes: Changes, message: string): string {
    const main = this.git('rev-parse', '--abbrev-ref', 'HEAD');
    this.git('checkout', '--quiet', '-b', 'change');
    this.write(changes);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    this.git('checkout', '--quiet', main);
    this.git('merge', '--quiet', '--no-ff', '--message', `merge: ${message}`, 'change');
    this.git('branch', '--quiet', '-D', 'change');
    return this.push();
  }

  /** `git revert` of a commit (of a merge: of what it brought), pushed. */
  revert(revision: string): string {
    return this.revertAll([revision]);
  }

  /** Reverts several, in the order given (newest first), with one push. */
  revertAll(revisions: readonly string[]): string {
    for (const revision of revisions) {
      const parents = this.git('rev-list', '--parents', '--max-count=1', revision).split(' ').length - 1;
      this.git('revert', '--no-edit', ...(parents > 1 ? ['--mainline', '1'] : []), revision);
    }
    return this.push();
  }

  /** Makes the branch point elsewhere, as a force-push does. */
  forceTo(revision: string): string {
    this.git('reset', '--quiet', '--hard', revision);
    return this.push('--force');
  }

  head(): string {
    return this.git('rev-parse', 'HEAD');
  }

  /** Any git command in the working copy; returns its output without the last newline. */
  git(...args: string[]): string {
    return this.raw(this.work, args);
  }

  private write(changes: Changes): void {
    for (const [path, content] of Object.entries(changes)) {
      const file = join(this.work, path);
      if (content === null) {
        rmSync(file, { recursive: true, force: true });
        continue;
      }
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(
        file,
        typeof content === 'string' || content instanceof Uint8Array ? content : stringify(content),
      );
    }
  }

  private push(...options: string[]): string {
    this.git('push', '--quiet', ...options, 'origin', 'HEAD:main');
    return this.head();
  }

  private raw(cwd: string, args: readonly string[]): string {
    return execFileSync('git', [...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        LC_ALL: 'C',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_AUTHOR_NAME: 'Rack Team',
        GIT_AUTHOR_EMAIL: 'racks@example.test',
        GIT_COMMITTER_NAME: 'Rack Team',
        GIT_COMMITTER_EMAIL: 'racks@example.test',
      },
    }).trimEnd();
  }
}
