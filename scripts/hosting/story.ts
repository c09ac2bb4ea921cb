/**
 * What `npm run hosting` tells: the seed's own server comes up, each service is asked what it is there for, one is upgraded, two mistakes are taken back, and a
 * `git revert` goes back by hand. Each fact is checked; throws DemoFailure at the first that does not hold.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Watcher } from '../sandbox/index.js';
import { describe, type Stage } from '../stage/stage.js';
import { readGuestbook, signGuestbook } from './guestbook.js';
import { type Hosting, type RackName, rackNames } from './hosting.js';
import { addressesOf } from './names.js';
import { sendLetter } from './smtp.js';

/** Both end as soon as there is something to see: on a machine that does much else, two generations of Rails take minutes to start. */
const installMs = 8 * 60_000;
const rolloutMs = 8 * 60_000;

export class HostingStory {
  private upgrade = '';

  constructor(
    private readonly stage: Stage,
    private readonly hosting: Hosting,
  ) {}

  async install(): Promise<void> {
    const { stage, hosting } = this;
    stage.screen.chapter('The whole server in one commit: five racks');
    stage.screen.command('git commit -m "the whole server" && git push');
    hosting.install();
    for (const name of rackNames) await this.untilInstalled(name);
    await stage.show('status');
  }

  async ask(): Promise<void> {
    const { stage, hosting } = this;
    const { screen } = stage;
    screen.chapter('Each service is asked what it is there for');
    const old = await signGuestbook(hosting.origin('rails-old'), 'hello from the old generation');
    screen.check(
      `the old generation (Rails ${old.rails}, nginx and Puma) writes to the database and shows it`,
      old.rails.startsWith('6.0.') && old.entries.includes('hello from the old generation'),
      JSON.stringify(old),
    );
    const now = await signGuestbook(hosting.origin('rails-new'), 'hello from the new generation');
    screen.check(
      `so does the new one (Rails ${now.rails}, Apache and Passenger), in the same tables`,
      now.rails.startsWith('7.2.') && now.entries.length >= 2,
      JSON.stringify(now),
    );
    const addresses = await addressesOf(hosting.namesPort, 'www.example.test');
    screen.check(
      'the name server knows www.example.test',
      addresses.join() === '192.0.2.3',
      addresses.join(', '),
    );
    const answer = await sendLetter(hosting.mailPort, {
      from: 'visitor@example.org',
      to: 'info@example.test',
      subject: 'The guest book',
      lines: ['It is beautiful.'],
    });
    screen.text(answer);
    await screen.until('the letter is in the mailbox', async () => {
      const mailbox = await this.mailbox();
      return { seen: mailbox.includes('It is beautiful.') ? true : null, detail: mailbox };
    });
  }

  async upgradeRails(): Promise<void> {
    const { stage, hosting } = this;
    stage.screen.chapter('The new generation gets guestbook 2.0; nobody else notices');
    const others = await this.pidsOf('database', 'rails-old', 'names', 'mail');
    stage.screen.command('git commit -m "rails-new: guestbook 2.0" && git push');
    this.upgrade = hosting.upgradeRails();
    await stage.untilReady('rails-new', 'rails-new-2.0.iso', rolloutMs);
    const page = await readGuestbook(hosting.origin('rails-new'));
    stage.screen.check(
      'the page is of 2.0, with what was written before',
      page.version === '2.0' && page.entries.includes('hello from the old generation'),
      JSON.stringify(page),
    );
    await this.untouched(others);
  }

  async breakZone(): Promise<void> {
    const { stage, hosting } = this;
    stage.screen.chapter('A zone with a mistake: its rehearsal finds out, and no visitor meets it');
    const all = await this.pidsOf(...rackNames);
    stage.screen.command('git commit -m "names: www moves" && git push');
    const broken = hosting.breakZone();
    await this.untilFailed('names', 'RehearsalFailed');
    const addresses = await addressesOf(hosting.namesPort, 'www.example.test');
    stage.screen.check(
      'the name server answers as before',
      addresses.join() === '192.0.2.3',
      addresses.join(', '),
    );
    await this.untouched(all);
    await this.revert(broken, 'names');
  }

  async breakMail(): Promise<void> {
    const { stage, hosting } = this;
    stage.screen.chapter(
      'A mistake in the mail server, which is not rehearsed: the old version comes back by itself',
    );
    const others = await this.pidsOf('database', 'rails-old', 'rails-new', 'names');
    stage.screen.command('git commit -m "mail: stricter recipients" && git push');
    const broken = hosting.breakMail();
    await this.untilFailed('mail', 'ProbeFailed');
    await sendLetter(hosting.mailPort, {
      from: 'visitor@example.org',
      to: 'info@example.test',
      subject: 'Again',
      lines: ['After the rollback.'],
    });
    await stage.screen.until('it takes letters, and has the old ones', async () => {
      const mailbox = await this.mailbox();
      const both = mailbox.includes('It is beautiful.') && mailbox.includes('After the rollback.');
      return { seen: both ? true : null, detail: mailbox };
    });
    await stage.show('why', 'mail');
    await this.untouched(others);
    await this.revert(broken, 'mail');
  }

  async goBack(): Promise<void> {
    const { stage, hosting } = this;
    stage.screen.chapter('Back to guestbook 1.0: a git revert');
    const others = await this.pidsOf('database', 'rails-old', 'names', 'mail');
    const watcher = new Watcher(`${hosting.origin('rails-old')}/up`, 50);
    stage.screen.command(`git revert ${this.upgrade.slice(0, 8)} && git push`);
    stage.sandbox.repository.revert(this.upgrade);
    await stage.untilReady('rails-new', 'rails-new-1.0.iso', rolloutMs);
    const watched = await watcher.stop();
    const page = await signGuestbook(hosting.origin('rails-new'), 'back again');
    stage.screen.check(
      'the page is of 1.0, and the database has everything',
      page.version === '1.0' && page.entries.length >= 3,
      JSON.stringify(page),
    );
    stage.screen.check(
      `visitors of the old generation made ${watched.requests} requests meanwhile: none failed`,
      watched.failed === 0,
      JSON.stringify(watched.errors),
    );
    await this.untouched(others);
    await stage.show('status');
  }

  /** There is nothing to go back to: a rack that has failed stays so, and is not waited for. */
  private async untilInstalled(name: RackName): Promise<void> {
    const { screen } = this.stage;
    const condition = await screen.until(
      `rack ${name} is installed, or has failed`,
      async () => {
        const rack = await this.stage.rack(name);
        const ended = rack?.condition === 'Ready' || rack?.condition === 'Failed';
        return { seen: ended ? rack.condition : null, detail: describe(rack) };
      },
      installMs,
    );
    screen.check(`rack ${name} is Ready`, condition === 'Ready', describe(await this.stage.rack(name)));
  }

  private async mailbox(): Promise<string> {
    const read = await this.stage.sandbox.rackops([
      'exec',
      'mail',
      '--',
      'sh',
      '-c',
      'cat /var/mail/example.test/info/new/* || true',
    ]);
    return read.stdout;
  }

  private async untilFailed(name: RackName, reason: string): Promise<void> {
    await this.stage.screen.until(
      `${name} says Failed/${reason}`,
      async () => {
        const rack = await this.stage.rack(name);
        const done = rack?.condition === 'Failed' && rack.reason === reason;
        return { seen: done ? true : null, detail: describe(rack) };
      },
      rolloutMs,
    );
  }

  private async revert(commit: string, name: RackName): Promise<void> {
    this.stage.screen.command(`git revert ${commit.slice(0, 8)} && git push`);
    this.stage.sandbox.repository.revert(commit);
    await this.stage.untilReady(name, `${name}-1.0.iso`, rolloutMs);
  }

  /** "rack/service" to pid. */
  private async pidsOf(...racks: readonly RackName[]): Promise<ReadonlyMap<string, number | null>> {
    const status = await this.stage.status();
    return new Map(
      status.racks
        .filter((rack) => racks.some((name) => name === rack.name))
        .flatMap((rack) =>
          rack.services.map((service): [string, number | null] => [
            `${rack.name}/${service.name}`,
            service.pid,
          ]),
        ),
    );
  }

  private async untouched(before: ReadonlyMap<string, number | null>): Promise<void> {
    // A restart that is on its way would show.
    await sleep(500);
    const racks = [...new Set([...before.keys()].map((key) => key.split('/')[0] ?? ''))];
    const after = await this.pidsOf(...rackNames.filter((name) => racks.includes(name)));
    const changed = [...before].filter(([key, pid]) => pid === null || after.get(key) !== pid);
    this.stage.screen.check(
      `${racks.join(', ')} were not touched (${before.size} processes, the same pids)`,
      changed.length === 0,
      JSON.stringify(changed),
    );
  }
}
