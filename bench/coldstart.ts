/**
 * From nothing to running: N racks of one image by one `rackops sync`, beside a bare loop that mounts the same overlays and starts the same OCI runtime, and podman
 * when it is installed. Interleaved, so that whatever else the machine does meets all of them.
 * Usage: npm run bench -- coldstart [N] [--rounds=3] [--runtime=runc] [--json]; N is 50.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildTinyImage } from '../scripts/images/index.js';
import type { WorkingRuntime } from '../src/host/linux/runtime.js';
import { deleteAside } from './support/aside.js';
import { type BareLoop, bareLoop, endBareLoop, plainConfig } from './support/bare-loop.js';
import { CleanUp } from './support/clean-up.js';
import { endManyRacks, manyRacks } from './support/many-racks.js';
import { parseOptions } from './support/options.js';
import { endPodman, hasPodman, type PodmanRuns, podmanRuns } from './support/podman.js';
import { run } from './support/run.js';
import { findRuntime, runtimeOfPodman } from './support/runtime.js';
import { median, type Row, report } from './support/table.js';

const options = parseOptions(process.argv.slice(2), ['rounds', 'runtime']);
const racks = options.counts[0] ?? 50;
const rounds = Number(options.value('rounds') ?? 3);
const cleanUp = new CleanUp();
cleanUp.add(deleteAside);
cleanUp.add(endManyRacks);

const image = await buildTinyImage('bench', '1.0');
const measured = {
  ours: [] as number[],
  hardened: [] as number[],
  plain: [] as number[],
  podman: [] as number[],
};
try {
  const runtime = await findRuntime(options.value('runtime') ?? 'auto');
  const bare = (config: object): BareLoop => ({
    directory: '/var/tmp/rackops-bench-bare',
    image: image.path,
    runtime,
    racks,
    config,
  });
  const podman: PodmanRuns = {
    directory: '/var/tmp/rackops-bench-podman',
    rootfs: await unpackedImage(),
    runtime: runtimeOfPodman(runtime),
    racks,
  };
  cleanUp.add(() => endBareLoop(bare(plainConfig())));
  cleanUp.add(() => endPodman(podman));
  const withPodman = await hasPodman();
  for (let round = 1; round <= rounds; round++) {
    const ours = await coldStart(runtime.name);
    measured.ours.push(ours.tookMs);
    measured.hardened.push(await bareLoop(bare(ours.config)));
    measured.plain.push(await bareLoop(bare(plainConfig())));
    if (withPodman) measured.podman.push(await podmanRuns(podman));
    process.stderr.write(`round ${round} of ${rounds}: ${lastOf(measured)}\n`);
  }
  report(
    'coldstart',
    [{ title: `${racks} racks of one image, ${runtime.name}, median of ${rounds}`, rows: rows(runtime) }],
    options.json,
  );
} finally {
  await cleanUp.run();
}

function rows(runtime: WorkingRuntime): readonly Row[] {
  const ours = median(measured.ours);
  const list: Row[] = [
    time('rackops sync', measured.ours),
    time('bare loop, the configuration of a rack', measured.hardened),
    time('bare loop, a plain configuration', measured.plain),
    {
      what: 'rackops / bare loop',
      value: ours / median(measured.hardened),
      unit: 'times',
      target: { atMost: 1.3 },
    },
    {
      what: 'rackops / bare loop, plain',
      value: ours / median(measured.plain),
      unit: 'times',
      target: { atMost: 1.3 },
      note: 'without seccomp, limits and masked paths',
    },
  ];
  if (measured.podman.length === 0) return list;
  const podman = median(measured.podman);
  return [
    ...list,
    time(`podman run (${runtimeOfPodman(runtime)})`, measured.podman),
    { what: 'podman / rackops', value: podman / ours, unit: 'times', target: { atLeast: 4 } },
  ];
}

function time(what: string, rounds: readonly number[]): Row {
  const note = `rounds: ${rounds.map(Math.round).join(', ')}`;
  return { what, value: median(rounds), unit: 'ms', target: null, note };
}

function lastOf(figures: Readonly<Record<string, readonly number[]>>): string {
  return Object.entries(figures)
    .filter(([, list]) => list.length > 0)
    .map(([name, list]) => `${name} ${Math.round(list.at(-1) ?? 0)} ms`)
    .join(', ');
}

/** One sync on an empty host, and the configuration that its containers were started from, made relative to a bundle. */
async function coldStart(runtime: string): Promise<{ readonly tookMs: number; readonly config: object }> {
  const sandbox = await manyRacks(racks, { runtime });
  try {
    const result = await sandbox.rackops(['sync'], { json: true });
    if (result.exitCode !== 0)
      throw new Error(`sync ended with ${result.exitCode}:\n${result.stdout}\n${result.stderr}`);
    return { tookMs: result.durationMs, config: bundleConfig(join(sandbox.run, 'bundles')) };
  } finally {
    await endManyRacks();
  }
}

function bundleConfig(bundles: string): object {
  const file = readdirSync(bundles, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('/config.json'),
  );
  const config = JSON.parse(readFileSync(join(bundles, file ?? 'config.json'), 'utf8'));
  return { ...config, root: { path: 'rootfs' }, linux: { ...config.linux, cgroupsPath: undefined } };
}

async function unpackedImage(): Promise<string> {
  const directory = '/var/tmp/rackops-bench-rootfs';
  cleanUp.add(async () => {
    await run('rm', ['-rf', directory]);
  });
  await run('unsquashfs', ['-force', '-no-progress', '-dest', directory, image.path]);
  return directory;
}
