/**
 * What an agent costs that has nothing to do: N racks applied, the repository unchanged, one pass a second. CPU of the agent itself per pass, programs it
 * starts (by strace), files it writes, resident memory of agent and keeper. Usage: npm run bench -- noop [N …] (default 10 100).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesNaming, type Sandbox } from '../scripts/sandbox/index.js';
import { manyRacks } from './support/many-racks.js';
import { type Row, report } from './support/table.js';

const counts = process.argv.slice(2).map(Number);
const measuredMs = 12_000;
const tickMs = 10;

for (const racks of counts.length > 0 ? counts : [10, 100])
  report(`idle pass with ${racks} racks, real host`, await measure(racks));

async function measure(racks: number): Promise<Row[]> {
  const sandbox = await manyRacks(racks);
  try {
    const sync = await sandbox.rackops(['sync'], { json: true, timeoutMs: 300_000 });
    if (sync.exitCode !== 0)
      throw new Error(`sync ended with ${sync.exitCode}:\n${sync.stdout}\n${sync.stderr}`);
    const agent = sandbox.startAgent();
    await sleep(5_000);
    const costs = await cpuPerPass(sandbox, agent.pid);
    const traced = await trace(sandbox, agent.pid);
    const residentMb = resident(agent.pid);
    const keeper = processesNaming(sandbox.run).find((item) => item.command.includes('keeper.js'));
    const keeperMb = keeper === undefined ? Number.NaN : resident(keeper.pid);
    const cpuTarget = racks <= 100 ? 30 : 150;
    return [
      {
        what: 'CPU of the agent per pass',
        measured: `${costs.toFixed(1)} ms`,
        target: `at most ${cpuTarget} ms`,
        holds: costs <= cpuTarget,
      },
      {
        what: 'programs started per pass',
        measured: traced.programs.toFixed(2),
        target: 'one: git ls-remote',
        holds: traced.programs <= 1.01,
      },
      {
        what: 'files written',
        measured: traced.written.join(', ') || 'none',
        target: 'its own time stamp',
        holds: traced.written.length <= 1,
      },
      {
        what: 'agent resident',
        measured: `${residentMb.toFixed(0)} MB`,
        target: 'at most 90 MB',
        holds: residentMb <= 90,
      },
      {
        what: 'keeper resident',
        measured: `${keeperMb.toFixed(0)} MB`,
        target: 'at most 60 MB',
        holds: keeperMb <= 60,
      },
    ];
  } finally {
    await sandbox.destroy();
  }
}

async function cpuPerPass(sandbox: Sandbox, pid: number): Promise<number> {
  const passes = new PassCounter(sandbox);
  const before = cpuMs(pid);
  await passes.count(measuredMs);
  return (cpuMs(pid) - before) / passes.seen;
}

/** Execve calls and files opened for writing while strace looks on. strace slows the agent down, so this is not the run in which time is measured. */
async function trace(sandbox: Sandbox, pid: number): Promise<{ programs: number; written: string[] }> {
  const file = `${sandbox.directory}/trace`;
  const strace = spawn(
    'strace',
    ['-f', '-qq', '-p', String(pid), '-o', file, '-e', 'trace=execve,openat,rename'],
    { stdio: 'ignore' },
  );
  await sleep(1_000);
  const passes = new PassCounter(sandbox);
  await passes.count(measuredMs / 2);
  await end(strace);
  const lines = readFileSync(file, 'utf8').split('\n');
  rmSync(file, { force: true });
  // Failed attempts to find a program in PATH are no started programs.
  const programs = lines.filter((line) => /execve\(.*\) = 0/.test(line)).length / Math.max(1, passes.seen);
  const written = lines.flatMap((line) => {
    const [, path = '', flags = ''] = /openat\([^,]*, "([^"]*)", ([A-Z_|]+)/.exec(line) ?? [];
    return /O_WRONLY|O_RDWR|O_CREAT/.test(flags) && path.startsWith(sandbox.directory)
      ? [path.replace(/[.-]?[0-9a-f]*\.tmp\S*$|\.\d+$/, '')]
      : [];
  });
  return { programs, written: [...new Set(written)].map((path) => path.slice(sandbox.directory.length + 1)) };
}

/** Counts passes by the time stamp that each leaves in `status`. */
class PassCounter {
  seen = 0;
  constructor(private readonly sandbox: Sandbox) {}

  async count(durationMs: number): Promise<void> {
    const until = Date.now() + durationMs;
    let last = this.stamp();
    while (Date.now() < until) {
      await sleep(20);
      const now = this.stamp();
      if (now !== last) this.seen++;
      last = now;
    }
  }

  private stamp(): string {
    return readFileSync(`${this.sandbox.state}/last-pass.json`, 'utf8');
  }
}

function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

function resident(pid: number): number {
  return (
    Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1_024
  );
}

function end(child: ChildProcess): Promise<unknown> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  return ended;
}
