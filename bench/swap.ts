/**
 * A version swap as visitors see it: one nginx root replaced by the seed's shell steps, by podman, by rackops, and by the least that a held socket needs (the floor), in
 * turn, quiet and with fresh writes that nobody has synced. Then connections that stay open, by wrk.
 * Usage: npm run bench -- swap [--rounds=5] [--only=shell,podman,rackops,floor] [--fresh=200] [--runtime=auto] [--json]; fresh writes in MB.
 */
import { existsSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildNginxImage } from '../scripts/images/index.js';
import { freePort, httpGet } from '../scripts/sandbox/index.js';
import { deleteAside } from './support/aside.js';
import { CleanUp } from './support/clean-up.js';
import { parseOptions } from './support/options.js';
import { hasPodman } from './support/podman.js';
import { findRuntime, runtimeOfPodman } from './support/runtime.js';
import { Client, type Measured } from './support/swap/client.js';
import {
  type Contender,
  type ContenderName,
  contenderNames,
  type Place,
  type Version,
} from './support/swap/contender.js';
import { floor } from './support/swap/floor.js';
import { podmanReplace } from './support/swap/podman.js';
import { rackops } from './support/swap/rackops.js';
import { dirtyRows, gapRows, keepAliveRow, partRows, pushRows, type Runs } from './support/swap/rows.js';
import { shellSteps } from './support/swap/shell.js';
import { hasWrk, type KeptAlive, keptAlive } from './support/swap/wrk.js';
import { report, type Section } from './support/table.js';

/** Fixed: the port is in the image, and images are kept in the cache. */
const ports: Readonly<Record<ContenderName, number>> = {
  shell: 18571,
  podman: 18572,
  rackops: 18573,
  floor: 18574,
};
/** Each takes a few seconds a contender. */
const keepAliveRoundsAtMost = 3;

const options = parseOptions(process.argv.slice(2), ['rounds', 'only', 'fresh', 'runtime']);
const rounds = Number(options.value('rounds') ?? 5);
const freshMb = Number(options.value('fresh') ?? 200);
const directory = '/var/tmp/rackops-bench-swap';
const cleanUp = new CleanUp();
cleanUp.add(deleteAside);
// What was added first ends last; a contender that could not be ended keeps it.
cleanUp.add(() => removeEmpty(directory));

const runtime = await findRuntime(options.value('runtime') ?? 'auto');
const ours = rackops(await placeOf('rackops'), runtime.name);
const least = floor(await placeOf('floor'), runtime, ours.ociConfig);
const contenders = await chosen({
  shell: shellSteps(await placeOf('shell')),
  podman: podmanReplace(await placeOf('podman'), runtimeOfPodman(runtime)),
  rackops: ours,
  floor: least,
});
const serving = new Map<ContenderName, Version>();

try {
  const client = new Client();
  cleanUp.add(() => client.end());
  // rackops always: the floor starts from its configuration.
  for (const contender of new Set([ours, ...contenders])) {
    cleanUp.add(contender.end);
    await contender.begin();
    await untilItAnswers(contender);
    serving.set(contender.name, '1.0');
  }
  const quiet = await inTurn(client, 0);
  const dirty = await inTurn(client, freshMb);
  const bySync = contenders.includes(ours) ? await inTurn(client, 0, [ours.bySync]) : null;
  report('swap', [...sections(quiet, dirty, bySync), ...(await keepAlive())], options.json);
} finally {
  await cleanUp.run();
}

function sections(quiet: Runs, dirty: Runs, bySync: Runs | null): readonly Section[] {
  const of = `${runtime.name}, podman with ${runtimeOfPodman(runtime)}, ${rounds} rounds, median, lowest–highest`;
  const all: readonly Section[] = [
    { title: `a quiet rack (${of})`, rows: gapRows(quiet) },
    { title: `${freshMb} MB of fresh writes`, rows: [...gapRows(dirty), ...dirtyRows(quiet, dirty)] },
    { title: 'rackops from the push on, quiet', rows: pushRows(quiet.rackops) },
    { title: `rackops from the push on, ${freshMb} MB of fresh writes`, rows: pushRows(dirty.rackops) },
    { title: 'rackops from the push on, asked by rackops sync', rows: pushRows(bySync?.rackops ?? []) },
    { title: 'floor, step by step, quiet', rows: partRows(quiet.floor.map(({ swap }) => swap.parts)) },
  ];
  return all.filter(({ rows }) => rows.length > 0);
}

/** Every contender in each round, another one first each time. */
async function inTurn(client: Client, fresh: number, those = contenders): Promise<Runs> {
  const runs: Record<ContenderName, Measured[]> = { shell: [], podman: [], rackops: [], floor: [] };
  for (let round = 0; round < rounds; round++) {
    const first = round % those.length;
    for (const contender of [...those.slice(first), ...those.slice(0, first)]) {
      const { from, to } = nextVersion(contender);
      const measured = await client.watch(contender, from, to, fresh);
      serving.set(contender.name, to);
      runs[contender.name].push(measured);
      const { failed, longestGapMs, firstNewMs } = measured.seen;
      const text = `gap ${longestGapMs.toFixed(1)} ms, failed ${failed}, new after ${firstNewMs?.toFixed(0)} ms`;
      process.stderr.write(`round ${round + 1} of ${rounds}, ${fresh} MB: ${contender.name} ${text}\n`);
    }
  }
  return runs;
}

/** Nothing without wrk. */
async function keepAlive(): Promise<readonly Section[]> {
  if (!(await hasWrk())) {
    process.stderr.write('connections that stay open are not measured: apt-get install wrk\n');
    return [];
  }
  const swaps = contenders.map((contender) => ({
    what: `${contender.name}: swap`,
    port: contender.port,
    bounded: contender === ours,
    act: async (): Promise<void> => {
      const { to } = nextVersion(contender);
      await contender.swap(to);
      serving.set(contender.name, to);
    },
  }));
  const alone = (['reload', 'restart'] as const).map((how) => ({
    what: `nginx alone on a held socket: ${how === 'reload' ? 'HUP' : 'QUIT and start, no swap'}`,
    port: least.port,
    bounded: false,
    act: () => least.nginxAlone(how),
  }));
  const measured = [...swaps, ...(contenders.includes(least) ? alone : [])].map((item) => ({
    ...item,
    results: [] as KeptAlive[],
  }));
  for (let round = 0; round < Math.min(rounds, keepAliveRoundsAtMost); round++) {
    for (const { what, port, act, results } of measured) {
      const result = await keptAlive(port, act);
      results.push(result);
      process.stderr.write(`kept alive, ${what}: ${result.errors} errors\n`);
    }
  }
  const rows = measured.map(({ what, results, bounded }) => keepAliveRow(what, results, bounded));
  return [{ title: 'connections that stay open (wrk -t1 -c16)', rows }];
}

function nextVersion({ name }: Contender): { readonly from: Version; readonly to: Version } {
  const from = serving.get(name) ?? '1.0';
  return { from, to: from === '1.0' ? '2.0' : '1.0' };
}

async function placeOf(name: ContenderName): Promise<Place> {
  const port = ports[name];
  if ((await freePort(port)) !== port) throw new Error(`port ${port} of 127.0.0.1 is taken`);
  const image = (version: Version) =>
    buildNginxImage(version, { name: `swap-${name}`, listen: `127.0.0.1:${port}` });
  return {
    directory: join(directory, name),
    port,
    images: { '1.0': await image('1.0'), '2.0': await image('2.0') },
  };
}

async function chosen(all: Readonly<Record<ContenderName, Contender>>): Promise<readonly Contender[]> {
  const only = options.value('only')?.split(',') ?? null;
  const unknown = only?.find((name) => !contenderNames.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`no contender "${unknown}": want ${contenderNames.join(', ')}`);
  const list = contenderNames.filter((name) => only === null || only.includes(name)).map((name) => all[name]);
  if (await hasPodman()) return list;
  if (list.includes(all.podman)) process.stderr.write('podman is not measured: apt-get install podman\n');
  return list.filter((contender) => contender !== all.podman);
}

async function untilItAnswers({ name, port }: Contender): Promise<void> {
  const deadline = performance.now() + 10_000;
  while ((await httpGet(`http://127.0.0.1:${port}/version`)).status !== 200) {
    if (performance.now() > deadline) throw new Error(`${name} does not answer on port ${port}`);
    await sleep(50);
  }
}

function removeEmpty(path: string): void {
  if (existsSync(path)) rmdirSync(path);
}
