/**
 * The frame around every story that is told on a real machine (`npm run demo`, `npm run hosting`): a host in a directory of its own, an agent on it, and
 * nothing left when it is over, whether it went well, failed or was interrupted. `--keep` leaves it running; `--end` ends one that was kept.
 */
import { Sandbox } from '../sandbox/index.js';
import { Screen, StoryFailure } from './screen.js';
import { clearStage, Stage } from './stage.js';

export interface Play<Cast> {
  /** As in `npm run NAME`; the host is called so too. */
  readonly name: string;
  /** Makes what the story needs before there is an agent: images, ports. */
  prepare(sandbox: Sandbox, screen: Screen): Promise<Cast>;
  /** Tells the story. With `keep` it ends before anything is removed. */
  tell(stage: Stage, cast: Cast, keep: boolean): Promise<void>;
  /** Commands to try when it is left running, a line each, without those that every story has. */
  tryNext(cast: Cast, rackops: string): readonly string[];
}

/** Does what the command line of this process asks for; sets the exit code: 1 when a check of the story did not hold, 130 when it was interrupted. */
export async function perform<Cast>(play: Play<Cast>): Promise<void> {
  const { name } = play;
  const directory = process.env[`RACKOPS_${name.toUpperCase()}_DIRECTORY`] ?? `/var/tmp/rackops-${name}`;
  const screen = new Screen();
  if (process.argv.includes('--end')) {
    const ended = await clearStage(directory);
    screen.title(ended ? `ended what ran in ${directory}` : `nothing runs in ${directory}`);
    return;
  }
  const startedAt = Date.now();
  screen.title(`rackops ${name}: a host in ${directory}; nothing outside it is changed`);
  if (await clearStage(directory)) screen.text('what an earlier run had left there was ended first');
  const sandbox = new Sandbox({ directory, host: { name } });
  const interrupted = endOnSignals(sandbox);
  try {
    const keep = process.argv.includes('--keep');
    const cast = await play.prepare(sandbox, screen);
    sandbox.startAgent();
    screen.command(
      `rackops --config ${sandbox.config} agent   # polls ${sandbox.repository.bare} each second`,
    );
    await play.tell(new Stage(sandbox, screen), cast, keep);
    if (keep) return leaveRunning(play, sandbox, screen, cast);
    await end(sandbox, screen);
    screen.title(`\nAll as told, in ${Math.round((Date.now() - startedAt) / 1_000)} s.`);
  } catch (error) {
    // What fails while everything is being ended is no news.
    if (interrupted()) return;
    const failure = error instanceof StoryFailure ? `It failed: ${error.message}` : stackOf(error);
    const log = sandbox.agentLog().split('\n').slice(-15).join('\n');
    process.stdout.write(`\n${failure}\nlast lines of the agent:\n${log}\n`);
    await sandbox.destroy();
    // Clients that were asking when the check failed are still at it.
    process.exit(1);
  }
}

/** The agent ends when it is told to, racks that are still there go by a commit, and nothing of the host is left in the kernel. */
async function end(sandbox: Sandbox, screen: Screen): Promise<void> {
  screen.chapter('The end');
  const startedAt = Date.now();
  await sandbox.stopAgents();
  const tookMs = Date.now() - startedAt;
  screen.check(`the agent ended ${tookMs} ms after TERM`, tookMs < 2_000, 'that is too long');
  const complaints = [...(await sandbox.removeRacks()), ...(await sandbox.left(10_000))];
  const clean = complaints.length === 0;
  screen.check('no process, mount, loop device or cgroup is left', clean, complaints.join('; '));
  await sandbox.destroy();
}

function leaveRunning<Cast>(play: Play<Cast>, sandbox: Sandbox, screen: Screen, cast: Cast): void {
  const rackops = `node dist/main.js --config ${sandbox.config}`;
  const lines = [
    ...play.tryNext(cast, rackops),
    `${rackops} status -w`,
    `cd ${sandbox.repository.work}   # edit a file of racks/, commit, git push origin HEAD:main`,
    `ls ${sandbox.root}/readwrite    # all that a backup needs`,
    '',
    `npm run ${play.name} -- --end   # ends it and removes ${sandbox.directory}`,
  ];
  screen.title('\nLeft running. Try next:\n');
  process.stdout.write(`${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}\n`);
  sandbox.letGo();
}

/** The returned function tells whether a signal came. */
function endOnSignals(sandbox: Sandbox): () => boolean {
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      process.stdout.write('\ninterrupted: cleaning up\n');
      void sandbox.destroy().finally(() => process.exit(130));
    });
  }
  return () => interrupted;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
