/** The floor: the least that a swap with a held socket, an overlay and the same OCI runtime can do, in a process of its own. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupDirectories, mountsUnder } from '../../../scripts/sandbox/index.js';
import { startRuntime } from '../../../src/kernel/index.js';
import type { OciRuntime } from '../../../src/model/index.js';
import { mountMemory } from '../memory-mount.js';
import { run } from '../run.js';
import { monotonicMs } from './clock.js';
import type { Contender, Part, Place, Swap, Version } from './contender.js';
import type { FloorQuestion } from './floor-program.js';
import { Helper } from './helper.js';

const cgroup = 'rackops-bench-floor';

export interface Floor extends Contender {
  /** nginx alone: new workers (HUP), or stopped and started on the same tree. Resolves when it is done. */
  nginxAlone(how: 'reload' | 'restart'): Promise<void>;
}

/** `config`: the OCI configuration of rackops for the same service; read when it begins. */
export function floor({ directory, port, images }: Place, runtime: OciRuntime, config: () => object): Floor {
  let helper: Helper<FloorQuestion, readonly Part[]> | null = null;
  const ask = async (question: FloorQuestion): Promise<readonly Part[]> => {
    if (helper === null) throw new Error('the floor was not begun');
    return helper.ask(question);
  };
  const end = async (): Promise<void> => {
    await helper?.end();
    helper = null;
    await clearAway(directory, runtime);
  };
  return {
    name: 'floor',
    port,
    data: join(directory, 'active/var/lib/fresh'),
    end,
    begin: async () => {
      await end();
      await mountMemory(join(directory, 'run'));
      helper = new Helper('./floor-program.ts');
      const image = images['1.0'].path;
      await ask({ kind: 'begin', directory, port, runtime, image, config: config(), cgroup });
    },
    swap: async (to: Version): Promise<Swap> => {
      const beganMs = monotonicMs();
      const parts = await ask({ kind: 'swap', image: images[to].path });
      return { beganMs, tookMs: monotonicMs() - beganMs, parts };
    },
    nginxAlone: async (how) => {
      await ask({ kind: how });
    },
  };
}

/** By the runtime's and the kernel's facts: the helper may have been killed in the middle. */
async function clearAway(directory: string, runtime: OciRuntime): Promise<void> {
  const state = join(directory, 'run/state');
  for (const id of existsSync(state) ? readdirSync(state) : [])
    await run(runtime.path, ['--root', state, 'delete', '--force', id], {
      mayFail: true,
      within: (start) => startRuntime(runtime, start),
    });
  for (let looks = 0; looks < 50 && mountsUnder(directory).length > 0; looks++) {
    for (const point of mountsUnder(directory).reverse()) await run('umount', [point], { mayFail: true });
    if (mountsUnder(directory).length > 0) await sleep(20);
  }
  for (const path of cgroupDirectories(cgroup)) rmdirSync(path);
  rmSync(directory, { recursive: true, force: true });
}
