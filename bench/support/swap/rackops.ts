/**
 * rackops as its users have it: an agent, a commit pushed to the repository, and `rackops sync`, as a hook of the repository would run it. No rehearsal and no bake:
 * what is measured is the swap.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { removeDirectory, Sandbox, sweep } from '../../../scripts/sandbox/index.js';
import type { PassReport } from '../../../src/model/index.js';
import { run } from '../run.js';
import { monotonicMs } from './clock.js';
import type { Contender, Part, Place, Swap, Version } from './contender.js';

export interface Rackops extends Contender {
  /** The OCI configuration that the service was started from. */
  ociConfig(): object;
}

const rack = 'webserver';
const file = `racks/${rack}.yaml`;

export function rackops({ directory, port, images }: Place, runtime: string): Rackops {
  let sandbox: Sandbox | null = null;
  const here = (): Sandbox => {
    if (sandbox === null) throw new Error('rackops was not begun');
    return sandbox;
  };
  const definition = (version: Version): object => ({
    apiVersion: 'rackops/v1',
    kind: 'Rack',
    name: rack,
    image: { file: images[version].file, sha256: images[version].sha256 },
    services: {
      nginx: {
        command: ['nginx', '-g', 'daemon off;'],
        listen: [`127.0.0.1:${port}`],
        env: { NGINX: '3;' },
        stop: { signal: 'QUIT', timeout: '10s' },
        health: { http: { port, path: '/up', status: 200 } },
      },
    },
    rollout: { rehearse: 'never', bake: '0s' },
  });
  const end = async (): Promise<void> => {
    if (sandbox !== null) await sandbox.destroy();
    sandbox = null;
    if (!existsSync(directory)) return;
    await sweep(directory, [join(directory, 'run')]);
    removeDirectory(directory);
  };
  return {
    name: 'rackops',
    port,
    data: join(directory, 'racks/active', rack, 'var/lib/fresh'),
    end,
    begin: async () => {
      await end();
      // Polled once a day: a pass in the middle of another contender's swap would be measured there.
      const repository = { poll: '0 0 0 * * *' };
      sandbox = new Sandbox({ directory, host: { runtime, supervisor: 'embedded', repository } });
      for (const image of Object.values(images)) sandbox.putImage(image);
      sandbox.commit({ [file]: definition('1.0') }, `${rack} 1.0`);
      await sync(sandbox);
      sandbox.startAgent();
      await untilTheAgentAnswers(sandbox);
    },
    swap: async (to: Version): Promise<Swap> => {
      const { repository } = here();
      writeFileSync(join(repository.work, file), stringify(definition(to)));
      repository.git('commit', '--quiet', '--all', '--message', `${rack} ${to}`);
      const beganMs = monotonicMs();
      const push = await run('git', ['push', '--quiet', 'origin', 'HEAD:main'], { cwd: repository.work });
      const askedAt = Date.now();
      const report = await sync(here());
      const tookMs = monotonicMs() - beganMs;
      return { beganMs, tookMs, parts: [{ name: 'git push', ms: push.tookMs }, ...partsOf(report, askedAt)] };
    },
    ociConfig: () => {
      const bundles = join(here().run, 'bundles');
      const name = readdirSync(bundles, { recursive: true, encoding: 'utf8' }).find((path) =>
        path.endsWith('/config.json'),
      );
      return JSON.parse(readFileSync(join(bundles, name ?? 'config.json'), 'utf8'));
    },
  };
}

async function sync(sandbox: Sandbox): Promise<PassReport> {
  const result = await sandbox.rackops(['sync'], { json: true });
  if (result.exitCode !== 0)
    throw new Error(`sync ended with ${result.exitCode}:\n${result.stdout}\n${result.stderr}`);
  // Our own program's report, printed as one document.
  return result.json as PassReport;
}

/** Until then `rackops sync` would be told that the lock is taken, or do the work itself. */
async function untilTheAgentAnswers(sandbox: Sandbox): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!existsSync(join(sandbox.run, 'agent.sock')) && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await sync(sandbox);
}

/** From the push's end to the commit, in the order in which it happens; phases that have several steps are summed. */
function partsOf(report: PassReport, askedAt: number): readonly Part[] {
  const outcome = report.racks.find((candidate) => candidate.rack === rack);
  if (outcome?.outcome !== 'done') throw new Error(`nothing was swapped: ${JSON.stringify(report.racks)}`);
  const passMs = Date.parse(report.endedAt) - Date.parse(report.startedAt);
  const phases = new Map<string, number>();
  for (const { phase, durationMs } of outcome.phases)
    phases.set(phase, (phases.get(phase) ?? 0) + durationMs);
  return [
    { name: 'rackops sync, until the pass begins', ms: Date.parse(report.startedAt) - askedAt },
    { name: 'the pass without the rack (fetch, plan, status)', ms: passMs - outcome.durationMs },
    ...[...phases].map(([name, ms]) => ({ name: `phase ${name}`, ms })),
  ];
}
