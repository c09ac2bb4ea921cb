/** Idle passes over more racks than this machine should run: real Git, real definitions, real planning and a real store, on the memory host, in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TestRepository } from '../../scripts/sandbox/index.js';
import type { CleanUp } from './clean-up.js';
import { idlePasses } from './idle-passes.js';
import { rackFiles } from './many-racks.js';
import type { Section } from './table.js';
import { resident } from './watch.js';

const program = fileURLToPath(new URL('./memory-agent.ts', import.meta.url));

export async function onMemoryHost(racks: number, cleanUp: CleanUp): Promise<Section> {
  const directory = mkdtempSync('/var/tmp/rackops-bench-memory-');
  const removeDirectory = cleanUp.add(() => rmSync(directory, { recursive: true, force: true }));
  const repository = TestRepository.create(directory);
  repository.commit(rackFiles(racks, { file: 'bench-1.0.iso', sha256: 'b'.repeat(64) }), `${racks} racks`);
  const child = fork(program, [directory, repository.bare], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const end = cleanUp.add(() => endChild(child));
  try {
    await answer(child);
    const pid = child.pid ?? 0;
    const rows = await idlePasses({
      pid,
      directory,
      cpuTargetMs: racks <= 100 ? 30 : 150,
      passes: async (count) => {
        const took: number[] = [];
        for (let pass = 0; pass < count; pass++) {
          child.send('pass');
          took.push(await answer(child));
        }
        return took;
      },
    });
    const memory = resident(pid);
    return {
      title: `${racks} racks, unchanged pass, memory host`,
      rows: [
        ...rows,
        {
          what: 'resident',
          value: memory.nowMb,
          unit: 'MB',
          target: null,
          note: 'with the imagined machine and the compiler',
        },
      ],
    };
  } finally {
    await end();
    await removeDirectory();
  }
}

/** The next message, a number. Throws when the process ends instead. */
function answer(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the memory host ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(Number(message));
    });
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await ended;
}
