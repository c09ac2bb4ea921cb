/**
 * The seed's own server in a directory of its own: builds the images of examples/hosting, starts everything and tells its story. Started by scripts/hosting.mjs,
 * which sets the machine up first. `--keep` leaves it running; `--end` ends one that was kept. Cleans up after itself, on Ctrl-C too.
 */
import { DemoFailure, Screen } from '../demo/screen.js';
import { clearStage, Stage } from '../demo/stage.js';
import { Sandbox } from '../sandbox/index.js';
import { Hosting } from './hosting.js';
import { HostingStory } from './story.js';

const directory = process.env.RACKOPS_HOSTING_DIRECTORY ?? '/var/tmp/rackops-hosting';
const keep = process.argv.includes('--keep');
const screen = new Screen();
let interrupted = false;

if (process.argv.includes('--end')) {
  screen.title(
    (await clearStage(directory)) ? `ended what ran in ${directory}` : `nothing runs in ${directory}`,
  );
  process.exit(0);
}
await main();
// Clients that were asking when a check failed are still at it.
if (process.exitCode) process.exit();

async function main(): Promise<void> {
  const startedAt = Date.now();
  screen.title(`rackops hosting: a host in ${directory}; nothing outside it is changed`);
  if (await clearStage(directory)) screen.text('what an earlier run had left there was ended first');
  const sandbox = new Sandbox({ directory, host: { name: 'hosting' } });
  endOnSignals(sandbox);
  try {
    const hosting = await Hosting.prepare(sandbox, (text) => screen.text(text));
    screen.text(`the images are there after ${seconds(startedAt)}`);
    sandbox.startAgent();
    const story = new HostingStory(new Stage(sandbox, screen), hosting);
    await story.install();
    await story.ask();
    await story.upgradeRails();
    await story.breakZone();
    await story.breakMail();
    await story.goBack();
    if (keep) return leaveRunning(sandbox, hosting);
    await end(sandbox);
    screen.title(`\nAll as told, in ${seconds(startedAt)}.`);
  } catch (error) {
    // What fails while everything is being ended is no news.
    if (interrupted) return;
    process.exitCode = 1;
    process.stdout.write(
      `\n${error instanceof DemoFailure ? `It failed: ${error.message}` : String(error)}\n`,
    );
    process.stdout.write(
      `last lines of the agent:\n${sandbox.agentLog().split('\n').slice(-15).join('\n')}\n`,
    );
    await sandbox.destroy();
  }
}

async function end(sandbox: Sandbox): Promise<void> {
  screen.chapter('The end: everything is removed by a commit');
  await sandbox.stopAgents();
  const complaints = [...(await sandbox.removeRacks()), ...(await sandbox.left(10_000))];
  screen.check(
    'no process, mount, loop device or cgroup is left',
    complaints.length === 0,
    complaints.join('; '),
  );
  await sandbox.destroy();
}

function leaveRunning(sandbox: Sandbox, hosting: Hosting): void {
  const rackops = `node dist/main.js --config ${sandbox.config}`;
  screen.title('\nLeft running. Try next:');
  process.stdout.write(`
  curl ${hosting.origin('rails-old')}/          # nginx and Puma; a browser can sign the book
  curl ${hosting.origin('rails-new')}/          # Apache and Passenger
  dig @127.0.0.1 -p ${hosting.namesPort} www.example.test
  ${rackops} status -w
  ${rackops} exec database -- sh -c 'PGPASSWORD=$DATABASE_PASSWORD psql -h /var/share/postgresql guestbook guestbook -c "table entries"'
  cd ${sandbox.repository.work}   # edit files/example.test.zone, commit, git push origin HEAD:main

  npm run hosting -- --end        # ends it and removes ${sandbox.directory}
`);
  sandbox.letGo();
}

function endOnSignals(sandbox: Sandbox): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      process.stdout.write('\ninterrupted: cleaning up\n');
      void sandbox.destroy().finally(() => process.exit(130));
    });
  }
}

function seconds(startedAt: number): string {
  return `${Math.round((Date.now() - startedAt) / 1_000)} s`;
}
