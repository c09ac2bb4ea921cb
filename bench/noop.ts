/**
 * What an agent costs that has nothing to do: N racks applied, the repository unchanged, one pass a second. CPU per pass, programs that it starts and files that it
 * changes (by strace), memory of agent and keeper. Up to 100 racks are real; more are on the memory host.
 * Usage: npm run bench -- noop [N …] [--json]; default 10 100 1000.
 */
import { processesNaming, type Sandbox } from '../scripts/sandbox/index.js';
import { deleteAside } from './support/aside.js';
import { CleanUp } from './support/clean-up.js';
import { idlePasses } from './support/idle-passes.js';
import { endManyRacks, manyRacks } from './support/many-racks.js';
import { parseOptions } from './support/options.js';
import { Passes } from './support/passes.js';
import { type Row, report, type Section } from './support/table.js';
import { resident } from './support/watch.js';

const options = parseOptions(process.argv.slice(2), []);
const counts = options.counts.length > 0 ? options.counts : [10, 100, 1_000];
/** More containers than this would measure the machine's memory. */
const realUpTo = 200;
const cleanUp = new CleanUp();
cleanUp.add(deleteAside);
cleanUp.add(endManyRacks);

const sections: Section[] = [];
try {
  for (const racks of counts) {
    if (racks > realUpTo) {
      const { onMemoryHost } = await import('./support/memory.js');
      sections.push(await onMemoryHost(racks, cleanUp));
    } else sections.push(await onRealHost(racks));
    process.stderr.write(`measured ${racks} racks\n`);
  }
  report('noop', sections, options.json);
} finally {
  await cleanUp.run();
}

async function onRealHost(racks: number): Promise<Section> {
  const sandbox = await manyRacks(racks);
  const end = cleanUp.add(async () => {
    await sandbox.destroy();
  });
  try {
    const sync = await sandbox.rackops(['sync'], { json: true, timeoutMs: 300_000 });
    if (sync.exitCode !== 0)
      throw new Error(`sync ended with ${sync.exitCode}:\n${sync.stdout}\n${sync.stderr}`);
    return { title: `${racks} racks, unchanged pass, real host`, rows: await idleAgent(sandbox, racks) };
  } finally {
    await end();
  }
}

async function idleAgent(sandbox: Sandbox, racks: number): Promise<readonly Row[]> {
  const { pid } = sandbox.startAgent();
  const passes = new Passes(sandbox);
  const rows = await idlePasses({
    pid,
    directory: sandbox.directory,
    cpuTargetMs: racks <= 100 ? 30 : 150,
    passes: (count) => passes.wait(count),
  });
  const memory = resident(pid);
  const keeper = processesNaming(sandbox.run).find((item) => item.command.includes('keeper.js'));
  const keeperMb = keeper === undefined ? Number.NaN : resident(keeper.pid).nowMb;
  return [
    ...rows,
    {
      what: 'agent resident',
      value: memory.nowMb,
      unit: 'MB',
      target: { atMost: 90 },
      note: `highest so far ${memory.peakMb.toFixed(0)}`,
    },
    {
      what: 'keeper resident',
      value: keeperMb,
      unit: 'MB',
      target: { atMost: 60 },
      note: `${racks} services`,
    },
  ];
}
