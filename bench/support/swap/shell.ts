/**
 * The steps that an administrator's script does without rackops: stop nginx, unmount what is mounted in the tree, the tree and the image, mount the new image and
 * all that again, start nginx in a chroot.
 */
import { mkdirSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, mountsUnder } from '../../../scripts/sandbox/index.js';
import { run } from '../run.js';
import { monotonicMs } from './clock.js';
import type { Contender, Place, Swap, Version } from './contender.js';

export function shellSteps({ directory, port, images }: Place): Contender {
  const script = async (text: string): Promise<void> => {
    await run('sh', ['-c', `set -e\ncd ${directory}\n${text}`]);
  };
  const end = async (): Promise<void> => {
    await endInside(directory);
    for (const point of mountsUnder(directory).reverse()) await run('umount', [point], { mayFail: true });
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    name: 'shell',
    port,
    data: join(directory, 'active/var/lib/fresh'),
    end,
    begin: async () => {
      await end();
      for (const name of [
        'readonly',
        'readwrite',
        'work',
        'active',
        'share/dev',
        'share/home',
        'share/share',
      ])
        mkdirSync(join(directory, name), { recursive: true });
      await script(`${devices}${start(images['1.0'].path)}`);
    },
    swap: async (to: Version): Promise<Swap> => {
      const beganMs = monotonicMs();
      await script(`${stop}${start(images[to].path)}`);
      return { beganMs, tookMs: monotonicMs() - beganMs, parts: [] };
    },
  };
}

const devices = `
cp -a /dev/null /dev/zero /dev/urandom share/dev/
ln -s /proc/self/fd/2 share/dev/stderr
`;

/** An ended nginx may wait as a zombie for PID 1 of a container: that is ended too. */
const stop = `
pid=$(cat active/run/nginx.pid)
kill -QUIT $pid
{ while read -r _ _ state _ </proc/$pid/stat && [ "$state" != Z ]; do sleep 0.002; done; } 2>/dev/null
umount active/home
umount active/var/share
umount active/dev
umount active/proc
umount active
umount readonly
`;

function start(image: string): string {
  return `
mount -t squashfs -o loop,ro ${image} readonly
mount -t overlay -o lowerdir=readonly,upperdir=readwrite,workdir=work,index=off overlay active
mkdir -p active/var/share active/home
mount -t proc proc active/proc
mount -o bind share/dev active/dev
mount -o bind share/share active/var/share
mount -o bind share/home active/home
chroot active nginx </dev/null >/dev/null 2>>nginx.log
`;
}

/** Kills what has its root below the directory: nothing else tells an nginx in a chroot from another. */
async function endInside(directory: string): Promise<void> {
  const inside = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && rootOf(name).startsWith(`${directory}/`))
    .map(Number);
  for (const pid of inside) process.kill(pid, 'SIGKILL');
  for (let looks = 0; looks < 100 && inside.some(isAlive); looks++) await sleep(20);
}

/** Empty when it has just ended. */
function rootOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/root`);
  } catch {
    return '';
  }
}
