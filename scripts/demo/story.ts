/**
 * The story, chapter by chapter: each is a commit of the team and what came of it, checked. Throws DemoFailure at the first thing that is not as told.
 * Knows rackops only by its command line and by HTTP.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BuiltImage } from '../images/index.js';
import { httpGet, Watcher } from '../sandbox/index.js';
import { describe, type Stage } from '../stage/stage.js';
import { notes, webserver, withMistake } from './definitions.js';

export interface Cast {
  /** webserver 1.0, 2.0 and the broken 3.0. */
  readonly web: readonly [BuiltImage, BuiltImage, BuiltImage];
  /** notes 1.0 and 2.0. */
  readonly notes: readonly [BuiltImage, BuiltImage];
  readonly webPort: number;
  readonly notesPort: number;
}

export class Story {
  private readonly web: string;
  private readonly up: string;
  private readonly notesUp: string;
  private readonly merges: string[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly cast: Cast,
  ) {
    this.web = `http://127.0.0.1:${cast.webPort}`;
    this.up = `${this.web}/up`;
    this.notesUp = `http://127.0.0.1:${cast.notesPort}/up`;
  }

  async install(): Promise<void> {
    const { stage, cast } = this;
    stage.screen.chapter('Install webserver 1.0, and a small rack "notes" beside it');
    stage.screen.command('git commit -m "install webserver 1.0 and notes 1.0" && git push');
    stage.sandbox.commit(
      {
        'racks/webserver.yaml': webserver(cast.web[0], cast.webPort),
        'racks/notes.yaml': notes(cast.notes[0], cast.notesPort),
      },
      'install webserver 1.0 and notes 1.0',
    );
    await stage.untilReady('webserver', 'webserver-1.0.iso');
    await stage.untilReady('notes', 'notes-1.0.iso');
    await stage.answers(this.up, '1.0 ok');
    await stage.answers(this.notesUp, '1.0 ok');
    stage.screen.command('rackops exec webserver -- sh -c "echo hello > /srv/www/guestbook.txt"');
    const written = await stage.sandbox.rackops([
      'exec',
      'webserver',
      '--',
      'sh',
      '-c',
      'echo hello > /srv/www/guestbook.txt',
    ]);
    stage.screen.check(
      'a file written in the rack is in its own directory, not in the image',
      written.exitCode === 0,
      written.stderr,
    );
    await stage.answers(`${this.web}/guestbook.txt`, 'hello');
    await stage.show('status');
  }

  async moveTo2(): Promise<void> {
    const { stage, cast } = this;
    stage.screen.chapter('Merge 2.0, while clients keep asking');
    const before = await stage.pidOf('notes');
    const watcher = new Watcher(this.up);
    this.merge({ 'racks/webserver.yaml': webserver(cast.web[1], cast.webPort) }, 'webserver 2.0');
    await stage.untilReady('webserver', 'webserver-2.0.iso');
    const watched = await watcher.stop();
    await stage.answers(this.up, '2.0 ok');
    await stage.answers(`${this.web}/guestbook.txt`, 'hello');
    stage.screen.check(
      `clients made ${watched.requests} requests, a new connection each: none failed, the longest wait was ${watched.longestGapMs} ms`,
      watched.failed === 0,
      `${watched.failed} failed (${JSON.stringify(watched.errors)})`,
    );
    const after = await stage.pidOf('notes');
    stage.screen.check(
      `rack notes was not touched (pid ${before})`,
      before !== null && before === after,
      `it was ${before}, and is ${after}`,
    );
  }

  async breakWith3(): Promise<void> {
    const { stage, cast } = this;
    stage.screen.chapter('Merge a 3.0 that does not start: its rehearsal finds out, and no visitor meets it');
    const watcher = new Watcher(this.up);
    const before = await stage.pidOf('webserver');
    this.merge({ 'racks/webserver.yaml': webserver(cast.web[2], cast.webPort) }, 'webserver 3.0');
    await stage.screen.until('webserver 3.0 has failed, and is quarantined', async () => {
      const rack = await stage.rack('webserver');
      const done = rack?.condition === 'Failed' && rack.quarantined.length > 0;
      return { seen: done ? true : null, detail: describe(rack) };
    });
    const after = await stage.pidOf('webserver');
    stage.screen.check(
      `webserver 2.0 was not touched (pid ${before})`,
      before !== null && before === after,
      `it was ${before}, and is ${after}`,
    );
    await stage.answers(this.up, '2.0 ok');
    const watched = await watcher.stop();
    stage.screen.check(
      `clients made ${watched.requests} requests: none failed, the longest wait was ${watched.longestGapMs} ms, and all saw ${watched.bodies.join(', ')}`,
      watched.failed === 0,
      `${watched.failed} failed (${JSON.stringify(watched.errors)})`,
    );
    await stage.show('why', 'webserver');
  }

  async mistake(): Promise<void> {
    const { stage, cast } = this;
    stage.screen.chapter('A mistake in one file, while the other rack moves on');
    const before = await stage.pidOf('webserver');
    this.merge(
      {
        'racks/webserver.yaml': withMistake(webserver(cast.web[2], cast.webPort)),
        'racks/notes.yaml': notes(cast.notes[1], cast.notesPort),
      },
      'notes 2.0, and a hurried edit of webserver',
    );
    await stage.untilReady('notes', 'notes-2.0.iso');
    await stage.answers(this.notesUp, '2.0 ok');
    const problem = await stage.screen.until('the mistake is reported with its place', async () => {
      const { problems } = await stage.status();
      const found = problems.find((item) => item.file === 'racks/webserver.yaml');
      return { seen: found ?? null, detail: JSON.stringify(problems) };
    });
    stage.screen.text(`${problem.file}:${problem.line}: ${problem.message}`);
    const after = await stage.pidOf('webserver');
    stage.screen.check(
      `webserver runs on as it was (pid ${before})`,
      before !== null && before === after,
      `it was ${before}, and is ${after}`,
    );
    await stage.answers(this.up, '2.0 ok');
    stage.screen.command('rackops validate   # what the team could have run before merging');
    const validate = await stage.sandbox.rackops(['validate', stage.sandbox.repository.work]);
    stage.screen.text(validate.stdout);
    stage.screen.check(
      'validate ends with exit code 3',
      validate.exitCode === 3,
      `it ended with ${validate.exitCode}`,
    );
  }

  async goBack(): Promise<void> {
    const { stage } = this;
    stage.screen.chapter('Go back to 1.0: a git revert of the merges');
    const watcher = new Watcher(this.up);
    stage.screen.command(
      `git revert --mainline 1 ${[...this.merges]
        .reverse()
        .map((revision) => revision.slice(0, 8))
        .join(' ')} && git push`,
    );
    stage.sandbox.repository.revertAll([...this.merges].reverse());
    await stage.untilReady('webserver', 'webserver-1.0.iso');
    const watched = await watcher.stop();
    await stage.answers(this.up, '1.0 ok');
    await stage.answers(`${this.web}/guestbook.txt`, 'hello');
    stage.screen.check(
      `clients made ${watched.requests} requests: none failed, the longest wait was ${watched.longestGapMs} ms`,
      watched.failed === 0,
      `${watched.failed} failed (${JSON.stringify(watched.errors)})`,
    );
    await stage.untilReady('notes', 'notes-1.0.iso');
    await stage.show('history', 'webserver');
  }

  async remove(): Promise<void> {
    const { stage } = this;
    stage.screen.chapter('Remove the racks');
    stage.screen.command('git rm racks/*.yaml && git commit -m "all racks away" && git push');
    const pid = await stage.pidOf('webserver');
    stage.sandbox.commit({ racks: null }, 'all racks away');
    await stage.screen.until(
      'a commit that removes everything is held: it looks like an accident',
      async () => {
        const { heldRemovals } = await stage.status();
        return {
          seen: heldRemovals.includes('webserver') ? true : null,
          detail: `held: ${heldRemovals.join(', ') || 'none'}`,
        };
      },
    );
    stage.screen.check(
      `webserver still runs (pid ${pid})`,
      pid !== null && pid === (await stage.pidOf('webserver')),
      'its pid changed',
    );
    stage.screen.command('git commit --allow-empty -m "yes, both    Rackops-Allow-Prune: 2" && git push');
    stage.sandbox.commit({}, 'yes, both\n\nRackops-Allow-Prune: 2');
    await stage.screen.until('with the allowance both racks are gone', async () => {
      const { racks } = await stage.status();
      return { seen: racks.length === 0 ? true : null, detail: racks.map(describe).join('; ') };
    });
    const answer = await httpGet(this.up);
    stage.screen.check(
      'clients are refused',
      answer.error === 'ECONNREFUSED',
      answer.error ?? `status ${answer.status}`,
    );
    const data = join(stage.sandbox.root, 'readwrite/webserver');
    stage.screen.check('what the rack wrote is still there', existsSync(data), `${data} is gone`);
    for (const name of ['webserver', 'notes']) await stage.show('purge', name);
    stage.screen.check('until it is purged', !existsSync(data), `${data} is still there`);
  }

  private merge(changes: Readonly<Record<string, string>>, message: string): void {
    this.stage.screen.command(`git merge --no-ff change && git push   # ${message}`);
    this.merges.push(this.stage.sandbox.repository.merge(changes, message));
  }
}
