/** `podman run --replace` of a container of the same root, on the host's network, with the fresh writes in a volume on the same disk. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { mountMemory } from '../memory-mount.js';
import { endPodman, keepOtherMonitors, podmanOptions, runOptions } from '../podman.js';
import { run } from '../run.js';
import { monotonicMs } from './clock.js';
import type { Contender, Place, Swap, Version } from './contender.js';

export function podmanReplace({ directory, port, images }: Place, runtime: string): Contender {
  const storage = { directory, runtime };
  const data = join(directory, 'data');
  const podman = async (...args: readonly string[]): Promise<void> => {
    await run('podman', [...podmanOptions(storage), ...args]);
  };
  const replace = (version: Version): Promise<void> => {
    const what = [...runOptions, '--replace', '--name', 'rackops-bench-swap', '--stop-signal=QUIT'];
    what.push('--volume', `${data}:/var/lib/fresh`);
    return podman('run', ...what, `localhost/bench:${version}`, 'nginx', '-g', 'daemon off;');
  };
  let removeMonitors = (): void => {};
  return {
    name: 'podman',
    port,
    data,
    begin: async () => {
      await endPodman(storage);
      removeMonitors = keepOtherMonitors();
      mkdirSync(data, { recursive: true });
      await mountMemory(join(directory, 'runroot'));
      for (const [version, { path }] of Object.entries(images)) {
        // Not `root`: that is podman's own storage.
        const root = join(directory, 'unpacked');
        const archive = join(directory, 'unpacked.tar');
        await run('unsquashfs', ['-force', '-no-progress', '-dest', root, path]);
        await run('tar', ['-C', root, '-cf', archive, '.']);
        await podman('import', '--quiet', archive, `localhost/bench:${version}`);
        await run('rm', ['-rf', root, archive]);
      }
      await replace('1.0');
    },
    swap: async (to: Version): Promise<Swap> => {
      const beganMs = monotonicMs();
      await replace(to);
      return { beganMs, tookMs: monotonicMs() - beganMs, parts: [] };
    },
    end: async () => {
      await endPodman(storage);
      removeMonitors();
    },
  };
}
