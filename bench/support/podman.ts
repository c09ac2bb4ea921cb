/** The same racks by `podman run --detach`, one after another, in a storage of its own. Nothing of the host's podman is used or changed. */
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupDirectories, mountsUnder } from '../../scripts/sandbox/index.js';
import { putAside } from './aside.js';
import { mountMemory } from './memory-mount.js';
import { run } from './run.js';

const cgroup = 'rackops-bench-podman';
/** Where podman puts its monitors; nobody else's when it was not there before. */
const monitors = 'libpod_parent';
/** podman's own defaults raise limits, which takes a capability that containers often lack. */
const limits = ['--ulimit=nofile=1024:4096', '--ulimit=nproc=4096:4096'];

/** Of `podman run`: in the background, on the host's network as racks are, in a cgroup that can be found again. */
export const runOptions: readonly string[] = [
  '--detach',
  '--network=host',
  ...limits,
  `--cgroup-parent=/${cgroup}`,
];

export interface PodmanStorage {
  readonly directory: string;
  readonly runtime: string;
}

export interface PodmanRuns extends PodmanStorage {
  /** A directory with the image's content. */
  readonly rootfs: string;
  readonly racks: number;
}

/** Does the machine have it? */
export async function hasPodman(): Promise<boolean> {
  return run('podman', ['--version']).then(
    () => true,
    () => false,
  );
}

/** ms for all `podman run`; importing the image is not counted. Everything has ended and is put aside when it returns. */
export async function podmanRuns(runs: PodmanRuns): Promise<number> {
  const { directory, rootfs, racks } = runs;
  await endPodman(runs);
  const removeMonitors = keepOtherMonitors();
  mkdirSync(directory, { recursive: true });
  try {
    await mountMemory(join(directory, 'runroot'));
    await run('tar', ['-C', rootfs, '-cf', join(directory, 'rootfs.tar'), '.']);
    await run('podman', [
      ...podmanOptions(runs),
      'import',
      '--quiet',
      join(directory, 'rootfs.tar'),
      'bench',
    ]);
    const startedAt = performance.now();
    for (let number = 0; number < racks; number++) {
      const what = [...runOptions, '--name', `rackops-bench-${number}`];
      await run('podman', [...podmanOptions(runs), 'run', ...what, 'bench', 'sleep', '1000000']);
    }
    return performance.now() - startedAt;
  } finally {
    await endPodman(runs);
    removeMonitors();
  }
}

/** Call it before the first podman; what it returns removes the monitors' cgroup, unless somebody else's podman had it already. */
export function keepOtherMonitors(): () => void {
  const otherPodman = cgroupDirectories(monitors).length > 0;
  return () => {
    if (!otherPodman) removeCgroups(monitors);
  };
}

export async function endPodman(runs: PodmanStorage): Promise<void> {
  const { directory } = runs;
  if (mountsUnder(directory).length > 0)
    await run('podman', [...podmanOptions(runs), 'kill', '--all'], { mayFail: true });
  // Its clean-up processes are still at work for a moment.
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    for (const point of mountsUnder(directory).reverse()) await run('umount', [point], { mayFail: true });
    removeCgroups(cgroup);
    if (mountsUnder(directory).length + cgroupDirectories(cgroup).length === 0) break;
    await sleep(100);
  }
  putAside(directory);
}

function removeCgroups(name: string): void {
  for (const path of cgroupDirectories(name)) {
    try {
      rmdirSync(path);
    } catch {
      // It has processes still: then it stays, and is seen.
    }
  }
}

/** Before the subcommand: storage and cgroups of the measurement's own. */
export function podmanOptions({ directory, runtime }: PodmanStorage): readonly string[] {
  const own = ['root', 'runroot', 'tmpdir'].flatMap((name) => [`--${name}`, join(directory, name)]);
  return [...own, '--cgroup-manager=cgroupfs', '--events-backend=none', '--runtime', runtime];
}
