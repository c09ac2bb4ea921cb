/**
 * The demo: the main job of rackops on real input, in a directory of its own. Started by scripts/demo.mjs, which sets the machine up first.
 * `--keep` leaves it running after the chapters that do not remove anything; `--end` ends one that was kept. Cleans up after itself, on Ctrl-C too.
 */
import { buildNginxImage, buildTinyImage } from '../images/index.js';
import { freePort, Sandbox } from '../sandbox/index.js';
import { DemoFailure, Screen } from './screen.js';
import { clearStage, Stage } from './stage.js';
import { type Cast, Story } from './story.js';

const directory = process.env.RACKOPS_DEMO_DIRECTORY ?? '/var/tmp/rackops-demo';
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
  screen.title(`rackops demo: a host in ${directory}; nothing outside it is changed`);
  if (await clearStage(directory)) screen.text('what an earlier run had left there was ended first');
  const cast = await makeCast();
  const sandbox = new Sandbox({ directory, host: { name: 'demo' } });
  endOnSignals(sandbox);
  try {
    for (const image of [...cast.web, ...cast.notes]) sandbox.putImage(image);
    sandbox.startAgent();
    screen.command(
      `rackops --config ${sandbox.config} agent   # polls ${sandbox.repository.bare} each second`,
    );
    await tell(new Story(new Stage(sandbox, screen), cast));
    if (keep) return leaveRunning(sandbox, cast);
    await end(sandbox);
    screen.title(`\nAll as told, in ${Math.round((Date.now() - startedAt) / 1_000)} s.`);
  } catch (error) {
    // What fails while everything is being ended is no news.
    if (interrupted) return;
    process.exitCode = 1;
    process.stdout.write(
      `\n${error instanceof DemoFailure ? `The demo failed: ${error.message}` : String(error)}\n`,
    );
    process.stdout.write(
      `last lines of the agent:\n${sandbox.agentLog().split('\n').slice(-15).join('\n')}\n`,
    );
    await sandbox.destroy();
  }
}

async function makeCast(): Promise<Cast> {
  const onBuild = (text: string) => screen.text(text);
  const webPort = await freePort(8080);
  const listen = `127.0.0.1:${webPort}`;
  return {
    webPort,
    notesPort: await freePort(),
    web: [
      await buildNginxImage('1.0', { listen, onBuild }),
      await buildNginxImage('2.0', { listen, onBuild }),
      await buildNginxImage('3.0', { listen, onBuild, fault: 'missing-include' }),
    ],
    notes: [await buildTinyImage('notes', '1.0'), await buildTinyImage('notes', '2.0')],
  };
}

async function tell(story: Story): Promise<void> {
  await story.install();
  await story.moveTo2();
  await story.breakWith3();
  await story.mistake();
  await story.goBack();
  if (!keep) await story.remove();
}

/** The agent ends when it is told to, and nothing of the host is left in the kernel. */
async function end(sandbox: Sandbox): Promise<void> {
  screen.chapter('The end');
  const startedAt = Date.now();
  await sandbox.stopAgents();
  const tookMs = Date.now() - startedAt;
  screen.check(`the agent ended ${tookMs} ms after TERM`, tookMs < 2_000, 'that is too long');
  const left = await sandbox.left(5_000);
  screen.check('no process, mount, loop device or cgroup is left', left.length === 0, left.join('; '));
  await sandbox.destroy();
}

function leaveRunning(sandbox: Sandbox, cast: Cast): void {
  const rackops = `node dist/main.js --config ${sandbox.config}`;
  screen.title('\nLeft running. Try next:');
  process.stdout.write(`
  curl http://127.0.0.1:${cast.webPort}/version
  ${rackops} status -w
  ${rackops} logs webserver nginx -f
  ${rackops} shell webserver
  kill -9 <a pid of status>       # and see it come back
  cd ${sandbox.repository.work}   # edit racks/webserver.yaml, commit, git push origin HEAD:main
  ls ${sandbox.root}/readwrite    # all that a backup needs

  npm run demo -- --end           # ends it and removes ${sandbox.directory}
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
