/**
 * rackops as its users have it: an agent, and a commit pushed to the repository. Then the agent is asked for a pass, over its socket (which tells each step as it
 * happens) or by `rackops sync`, as a hook of the repository would. No rehearsal and no bake: what is measured is the swap.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { removeDirectory, Sandbox, sweep } from '../../../scripts/sandbox/index.js';
import { askAgent } from '../../../src/agent/index.js';
import { type Event, hostPath, type PassReport } from '../../../src/model/index.js';
import { mountMemory } from '../memory-mount.js';
import { run } from '../run.js';
import { laps, monotonicMs } from './clock.js';
import type { Contender, Part, Place, Swap, Version } from './contender.js';

export interface Rackops extends Contender {
  /** The same, but the agent is asked by `rackops sync`: a program that has to be started first. */
  readonly bySync: Contender;
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
  const push = async (
    to: Version,
  ): Promise<{ readonly beganMs: number; readonly parts: readonly Part[] }> => {
    const { repository } = here();
    writeFileSync(join(repository.work, file), stringify(definition(to)));
    repository.git('commit', '--quiet', '--all', '--message', `${rack} ${to}`);
    const beganMs = monotonicMs();
    await run('git', ['push', '--quiet', 'origin', 'HEAD:main'], { cwd: repository.work });
    return { beganMs, parts: [{ name: 'git push', ms: monotonicMs() - beganMs }] };
  };
  const contender: Contender = {
    name: 'rackops',
    port,
    data: join(directory, 'racks/active', rack, 'var/lib/fresh'),
    end,
    begin: async () => {
      await end();
      // Polled once a day: a pass in the middle of another contender's swap would be measured there.
      const repository = { poll: '0 0 0 * * *' };
      sandbox = new Sandbox({ directory, host: { runtime, supervisor: 'embedded', repository } });
      await mountMemory(sandbox.run);
      for (const image of Object.values(images)) sandbox.putImage(image);
      sandbox.commit({ [file]: definition('1.0') }, `${rack} 1.0`);
      await sync(sandbox);
      sandbox.startAgent();
      await sandbox.agentAnswers();
      await sync(sandbox);
    },
    swap: async (to: Version): Promise<Swap> => {
      const { beganMs, parts } = await push(to);
      const asked = await askForPass(here());
      return { beganMs, tookMs: monotonicMs() - beganMs, parts: [...parts, ...asked] };
    },
  };
  return {
    ...contender,
    bySync: {
      ...contender,
      swap: async (to: Version): Promise<Swap> => {
        const { beganMs, parts } = await push(to);
        const askedAt = Date.now();
        const report = await sync(here());
        const tookMs = monotonicMs() - beganMs;
        return { beganMs, tookMs, parts: [...parts, ...partsOf(report, askedAt)] };
      },
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

/** Each step by when the agent told of its end; what lies between two steps counts for the later one. */
async function askForPass(sandbox: Sandbox): Promise<readonly Part[]> {
  const { parts, lap } = laps();
  const onEvent = (event: Event): void => {
    if (event.code === 'PassStarted') lap('the agent begins the pass');
    else if (event.code === 'RackStarted') lap('fetch, read, observe, plan');
    else if (event.code === 'StepEnded') lap(stepName(event));
  };
  const socket = hostPath(join(sandbox.run, 'agent.sock'));
  const answer = await askAgent(socket, { kind: 'sync', allowPrune: null, allowRewind: null }, onEvent);
  if (answer?.kind !== 'report') throw new Error('the agent gave no report');
  refuseFailure(answer.report);
  lap('status and report');
  return parts;
}

function stepName({ step, phase }: { readonly step: string; readonly phase: string | null }): string {
  return phase === null ? step : `phase ${phase}: ${step}`;
}

/** The same from the report alone; phases that have several steps are summed. */
function partsOf(report: PassReport, askedAt: number): readonly Part[] {
  const outcome = refuseFailure(report);
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

function refuseFailure(report: PassReport): PassReport['racks'][number] {
  const outcome = report.racks.find((candidate) => candidate.rack === rack);
  if (outcome?.outcome === 'done') return outcome;
  throw new Error(`nothing was swapped: ${JSON.stringify(report.racks)}`);
}
