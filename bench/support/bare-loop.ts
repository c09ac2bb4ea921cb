/**
 * The yardstick of a cold start: one shell loop that mounts the image once, and for each rack an overlay of our options, and then runs the OCI runtime detached, one
 * after another. No checks, no journal, no supervisor: the least that a person's script would do.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mountsUnder } from '../../scripts/sandbox/index.js';
import { startRuntime } from '../../src/kernel/index.js';
import type { OciRuntime } from '../../src/model/index.js';
import { putAside } from './aside.js';
import { mountMemory } from './memory-mount.js';
import { run } from './run.js';

export interface BareLoop {
  readonly directory: string;
  /** Host path of the image. */
  readonly image: string;
  readonly runtime: OciRuntime;
  readonly racks: number;
  /** The OCI configuration of every container; its root is relative to the bundle. */
  readonly config: object;
}

/** ms from nothing to the last container running; everything has ended and is put aside when it returns. */
export async function bareLoop(loop: BareLoop): Promise<number> {
  const { directory } = loop;
  await endBareLoop(loop);
  mkdirSync(join(directory, 'image'), { recursive: true });
  writeFileSync(join(directory, 'config.json'), JSON.stringify(loop.config));
  try {
    await mountMemory(join(directory, 'state'));
    return (await run('sh', ['-c', script(loop)], { within: asItNeeds(loop) })).tookMs;
  } finally {
    await endBareLoop(loop);
  }
}

/** Ends what is there, also after an earlier run that was killed. Never throws for what is not there. */
export async function endBareLoop(loop: BareLoop): Promise<void> {
  const { directory, runtime, racks } = loop;
  if (existsSync(join(directory, 'state'))) {
    const names = Array.from({ length: racks }, (_, number) => containerId(number)).join(' ');
    const remove = `for id in ${names}; do ${runtime.path} --root ${directory}/state delete --force $id; done`;
    await run('sh', ['-c', remove], { mayFail: true, within: asItNeeds(loop) });
  }
  for (const point of mountsUnder(directory).reverse()) await run('umount', [point], { mayFail: true });
  putAside(directory);
}

/** Once for the whole loop, mounts and all: the cheapest way for a script. */
function asItNeeds({ runtime }: BareLoop): <T>(start: () => T) => T {
  return (start) => startRuntime(runtime, start);
}

function script({ directory, image, runtime, racks }: BareLoop): string {
  return `
set -e
cd ${directory}
mount -t squashfs -o loop,ro,nosuid,nodev ${image} image
i=0
while [ $i -lt ${racks} ]; do
  mkdir -p $i/upper $i/work $i/rootfs
  mount -t overlay overlay -o nosuid,nodev,lowerdir=image,upperdir=$i/upper,workdir=$i/work,index=off $i/rootfs
  ln config.json $i/config.json
  ${runtime.path} --root ${directory}/state run --detach --bundle $i ${containerId('$i')} </dev/null >/dev/null 2>&1
  i=$((i+1))
done`;
}

function containerId(number: number | string): string {
  return `rackops-bench-${number}`;
}

/** What `runc spec` writes is about this: the namespaces and mounts of a rack's service, without seccomp and the rest of what hardens ours. */
export function plainConfig(): object {
  const namespaces = ['mount', 'pid', 'ipc', 'uts'].map((type) => ({ type }));
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance', 'ptmxmode=0666'] },
    { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'noexec', 'nodev'] },
  ];
  const process = {
    user: { uid: 0, gid: 0 },
    cwd: '/',
    args: ['sleep', '1000000'],
    env: ['PATH=/bin'],
    noNewPrivileges: true,
  };
  return { ociVersion: '1.0.2', root: { path: 'rootfs' }, process, mounts, linux: { namespaces } };
}
