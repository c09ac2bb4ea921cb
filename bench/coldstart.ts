/**
 * From nothing to running: N racks of one image by one `rackops sync`, beside a bare loop that mounts the same overlays and starts the same runtime,
 * and podman when it is installed. Usage: npm run bench -- coldstart [N] (default 50).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildTinyImage } from '../scripts/images/index.js';
import { manyRacks } from './support/many-racks.js';
import { median, report } from './support/table.js';

const racks = Number(process.argv[2] ?? 50);
const rounds = 3;
const runtime = 'runc';
const directory = '/var/tmp/rackops-bench-bare';

const ours: number[] = [];
const bare: number[] = [];
// Interleaved: whatever else the machine does meets both.
for (let round = 0; round < rounds; round++) {
  ours.push(await coldStart());
  bare.push(await bareLoop());
}
const podman = podmanRuns();
const ratio = median(ours) / median(bare);
report(`cold start of ${racks} racks, median of ${rounds} rounds`, [
  {
    what: 'rackops sync',
    measured: `${Math.round(median(ours))} ms`,
    target: `rounds: ${ours.map(Math.round).join(', ')}`,
    holds: null,
  },
  {
    what: `bare loop of ${runtime}`,
    measured: `${Math.round(median(bare))} ms`,
    target: `rounds: ${bare.map(Math.round).join(', ')}`,
    holds: null,
  },
  { what: 'rackops / bare loop', measured: ratio.toFixed(2), target: 'at most 1.3', holds: ratio <= 1.3 },
  ...(podman === null
    ? []
    : [
        {
          what: 'podman run',
          measured: `${Math.round(podman)} ms`,
          target: 'at least 4 times rackops',
          holds: median(ours) <= podman / 4,
        },
      ]),
]);

async function coldStart(): Promise<number> {
  const sandbox = await manyRacks(racks, { runtime });
  try {
    const result = await sandbox.rackops(['sync'], { json: true });
    if (result.exitCode !== 0)
      throw new Error(`sync ended with ${result.exitCode}:\n${result.stdout}\n${result.stderr}`);
    return result.durationMs;
  } finally {
    await sandbox.destroy();
  }
}

/** One shell script, one overlay and one `runc run --detach` per rack, one after another: the least that a person's script would do. */
async function bareLoop(): Promise<number> {
  const image = await buildTinyImage('bench', '1.0');
  const script = `
set -e
cd ${directory}
mount -o loop,ro ${image.path} image
i=0
while [ $i -lt ${racks} ]; do
  mkdir -p $i/upper $i/work $i/rootfs
  mount -t overlay overlay -o lowerdir=image,upperdir=$i/upper,workdir=$i/work $i/rootfs
  ln config.json $i/config.json
  ${runtime} --root ${directory}/state run --detach --bundle $i rackops-bench-$i </dev/null >/dev/null 2>&1
  i=$((i+1))
done`;
  mkdirSync(join(directory, 'image'), { recursive: true });
  writeFileSync(join(directory, 'config.json'), JSON.stringify(bareConfig()));
  try {
    const startedAt = performance.now();
    execFileSync('sh', ['-c', script], { stdio: ['ignore', 'inherit', 'inherit'] });
    return performance.now() - startedAt;
  } finally {
    endBareLoop();
  }
}

function bareConfig(): object {
  const namespaces = ['mount', 'pid', 'ipc', 'uts'].map((type) => ({ type }));
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
  ];
  return {
    ociVersion: '1.0.2',
    root: { path: 'rootfs' },
    process: {
      user: { uid: 0, gid: 0 },
      cwd: '/',
      args: ['sleep', '1000000'],
      env: ['PATH=/bin'],
      noNewPrivileges: true,
    },
    mounts,
    linux: { namespaces },
  };
}

function endBareLoop(): void {
  for (let number = 0; number < racks; number++) {
    spawnSync(runtime, ['--root', `${directory}/state`, 'delete', '--force', `rackops-bench-${number}`]);
    spawnSync('umount', [join(directory, String(number), 'rootfs')]);
  }
  spawnSync('umount', [join(directory, 'image')]);
  rmSync(directory, { recursive: true, force: true });
}

/** Null when podman is not there. Its own storage, in the bench directory. */
function podmanRuns(): number | null {
  if (spawnSync('podman', ['--version']).status !== 0) return null;
  const base = '/var/tmp/rackops-bench-podman';
  const podman = (...args: string[]) =>
    execFileSync(
      'podman',
      [
        '--root',
        `${base}/root`,
        '--runroot',
        `${base}/run`,
        '--cgroup-manager=cgroupfs',
        '--runtime',
        runtime,
        ...args,
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        encoding: 'utf8',
      },
    );
  mkdirSync(base, { recursive: true });
  try {
    const rootfs = join(base, 'rootfs');
    mkdirSync(join(rootfs, 'bin'), { recursive: true });
    execFileSync('sh', [
      '-c',
      `cp -a .cache/images/base-tiny-*/. ${rootfs}/ && tar -C ${rootfs} -cf ${base}/rootfs.tar .`,
    ]);
    podman('import', '--quiet', `${base}/rootfs.tar`, 'bench');
    const startedAt = performance.now();
    for (let number = 0; number < racks; number++)
      podman('run', '--detach', '--network=host', '--name', `bench-${number}`, 'bench', 'sleep', '1000000');
    const tookMs = performance.now() - startedAt;
    podman('rm', '--all', '--force', '--time=0');
    return tookMs;
  } catch (error) {
    process.stderr.write(`podman could not be measured: ${String(error).split('\n')[0]}\n`);
    return null;
  } finally {
    spawnSync('umount', [`${base}/root/overlay`]);
    rmSync(base, { recursive: true, force: true });
  }
}
