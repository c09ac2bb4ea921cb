/**
 * What an agent costs that has nothing to do: N racks applied, the repository unchanged, one pass a second. CPU per pass, programs that it starts and files that it
 * changes (by strace), memory of agent and keeper. Up to 100 racks are real; more are on the memory host.
 * Usage: npm run bench -- noop [N …] [--json]; default 10 100 1000.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesNaming, type Sandbox } from '../scripts/sandbox/index.js';
import { CleanUp } from './support/clean-up.js';
import { manyRacks } from './support/many-racks.js';
import { parseOptions } from './support/options.js';
import { type Row, report, type Section } from './support/table.js';
import { cpuTime, resident, trace } from './support/watch.js';

const options = parseOptions(process.argv.slice(2), []);
const counts = options.counts.length > 0 ? options.counts : [10, 100, 1_000];
/** More containers than this would measure the machine's memory. */
const realUpTo = 200;
/** V8 has compiled what is hot by then. */
const warmUpPasses = 10;
const measuredPasses = 15;
const cleanUp = new CleanUp();

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
  await passes.wait(warmUpPasses);
  const before = cpuTime(pid);
  const counted = await passes.wait(measuredPasses);
  const after = cpuTime(pid);
  const memory = resident(pid);
  let tracedPasses = 0;
  const traced = await trace(pid, sandbox.directory, `${sandbox.directory}/trace`, async () => {
    tracedPasses = (await passes.wait(5)).length;
  });
  const own = (after.ownMs - before.ownMs) / counted.length;
  const children = (after.childrenMs - before.childrenMs) / counted.length;
  // A pass may be cut by the beginning or the end of the trace.
  const perPass = traced.programs.length / tracedPasses;
  const foreign = traced.programs.filter((line) => !/^\S*git .*ls-remote /.test(line));
  const changed = traced.changed.filter((path) => !/^state\/last-pass\.json(\.\w+)?$/.test(path));
  const keeper = processesNaming(sandbox.run).find((item) => item.command.includes('keeper.js'));
  return [
    {
      what: 'CPU, agent and git',
      value: own + children,
      unit: 'ms',
      target: { atMost: 30 },
      note: `agent ${own.toFixed(1)}, git ${children.toFixed(1)}`,
    },
    { what: 'wall', value: mean(counted), unit: 'ms', target: null },
    {
      what: 'programs started',
      value: perPass,
      unit: 'per pass',
      target: { atMost: 1.25 },
      note: [...new Set(traced.programs)].join(' · ').slice(0, 120),
    },
    {
      what: 'programs that are not git ls-remote',
      value: foreign.length,
      unit: 'per pass',
      target: { atMost: 0 },
    },
    {
      what: 'changed besides the time stamp',
      value: changed.length,
      unit: 'files',
      target: { atMost: 0 },
      note: changed.slice(0, 3).join(', '),
    },
    {
      what: 'agent resident',
      value: memory.nowMb,
      unit: 'MB',
      target: { atMost: 90 },
      note: `at most so far ${memory.peakMb.toFixed(0)}`,
    },
    {
      what: 'keeper resident',
      value: keeper === undefined ? Number.NaN : resident(keeper.pid).nowMb,
      unit: 'MB',
      target: { atMost: 60 },
      note: `${racks} services`,
    },
  ];
}

/** Passes, by the time stamp that each leaves. */
class Passes {
  readonly #file: string;
  #last = '';

  constructor(sandbox: Sandbox) {
    this.#file = join(sandbox.state, 'last-pass.json');
  }

  /** Resolves after `count` more passes to what each took, ms. */
  async wait(count: number): Promise<readonly number[]> {
    const took: number[] = [];
    const deadline = Date.now() + count * 5_000 + 20_000;
    this.#last = readFileSync(this.#file, 'utf8');
    while (took.length < count) {
      if (Date.now() > deadline) throw new Error(`the agent made ${took.length} of ${count} passes`);
      await sleep(10);
      const now = readFileSync(this.#file, 'utf8');
      if (now === this.#last) continue;
      this.#last = now;
      const { startedAt, endedAt } = JSON.parse(now);
      took.push(Date.parse(endedAt) - Date.parse(startedAt));
    }
    return took;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
