/** What passes with nothing to do cost a process: CPU, time, programs started, files changed. The same for an agent and for the memory host. */
import { join } from 'node:path';
import type { Row } from './table.js';
import { cpuTime, trace } from './watch.js';

export interface IdleProcess {
  readonly pid: number;
  /** Changes below it count. */
  readonly directory: string;
  readonly cpuTargetMs: number;
  /** Resolves after so many more passes to what each took, ms. */
  readonly passes: (count: number) => Promise<readonly number[]>;
}

/** V8 has compiled what is hot by then. */
const warmUpPasses = 10;
const measuredPasses = 15;
const tracedPasses = 5;

export async function idlePasses(process: IdleProcess): Promise<readonly Row[]> {
  const { pid, directory, passes } = process;
  await passes(warmUpPasses);
  const before = cpuTime(pid);
  const took = await passes(measuredPasses);
  const after = cpuTime(pid);
  const own = (after.ownMs - before.ownMs) / took.length;
  const children = (after.childrenMs - before.childrenMs) / took.length;
  const traced = await trace(pid, directory, join(directory, 'trace'), async () => {
    await passes(tracedPasses);
  });
  // A pass of which only the beginning or the end was traced is no whole one.
  const lsRemotes = traced.programs.filter((line) => /(^|\/)git .*ls-remote/.test(line));
  // Over a path git starts the other end itself, by a shell; over the network that is on another machine.
  const others = traced.programs.filter(
    (line) => !lsRemotes.includes(line) && !/(^|\/)git[ -]upload-pack /.test(line.replace(/^\S*sh -c /, '')),
  );
  const changed = traced.changed.filter((path) => !/(^|\/)last-pass\.json(\.[\w.-]+)?$|^trace$/.test(path));
  return [
    {
      what: 'CPU of a pass, git included',
      value: own + children,
      unit: 'ms',
      target: { atMost: process.cpuTargetMs },
      note: `the agent itself ${own.toFixed(1)}, git ${children.toFixed(1)}`,
    },
    {
      what: 'time of a pass',
      value: took.reduce((sum, ms) => sum + ms, 0) / took.length,
      unit: 'ms',
      target: null,
    },
    {
      what: 'git ls-remote',
      value: Math.floor(lsRemotes.length / tracedPasses),
      unit: 'per pass',
      target: { atMost: 1 },
      note: `${lsRemotes.length} in ${tracedPasses} passes and the edges of the trace`,
    },
    {
      what: 'other programs',
      value: others.length,
      unit: 'programs',
      target: { atMost: 0 },
      note: [...new Set(others)].join(' · ').slice(0, 200),
    },
    {
      what: 'files changed besides the time stamp',
      value: changed.length,
      unit: 'files',
      target: { atMost: 0 },
      note: changed.slice(0, 3).join(', '),
    },
  ];
}
