/** `sync`: one pass now, by the running agent if there is one, else by this process under the lock. */
import type { Command } from 'commander';
import { askAgent } from '../agent/index.js';
import { parseDurationMs } from '../lib/index.js';
import { type Emit, type PassReport, RackError } from '../model/index.js';
import { mergeSealedLayers, reconcileOnce } from '../reconciler/index.js';
import { passText, planText } from '../report/index.js';
import { count, globals, needRoot, usageError } from './globals.js';
import { printJson, printNote, printResult, printWarnings, stopSignal, styleOf } from './output.js';
import type { Machine, Program } from './program.js';
import { reconcilerDeps } from './reconciling.js';

interface Options {
  readonly allowPrune?: string;
  readonly allowRewind?: string;
  readonly lockTimeout: string;
}

interface Asked {
  readonly allowPrune: number | null;
  readonly allowRewind: string | null;
  readonly lockTimeoutMs: number;
}

export function addSync(cli: Command, program: Program): void {
  cli
    .command('sync')
    .description('run one pass now: fetch, plan, apply, report')
    .option('--allow-prune <n>', 'let this pass remove up to N racks of this host')
    .option('--allow-rewind <sha>', 'accept this tip although it does not descend from the applied revision')
    .option('--lock-timeout <duration>', 'how long to wait for another rackops process', '60s')
    .addHelpText(
      'after',
      '\nExample:\n  rackops sync --allow-prune 1\n\nExit codes: 0 all runs, 1 something failed or is held, 3 invalid definitions, 4 locked or all suspended.',
    )
    .action(async (options: Options, command: Command) => {
      needRoot();
      const { config, json } = globals(command);
      const asked = parse(options);
      const emit = json ? program.createLog('warn') : program.createProgress(styleOf(process.stderr));
      const machine = await program.openMachine(config);
      printWarnings(machine.warnings);
      const report =
        (await syncByAgent(machine, asked, emit)) ?? (await syncHere(program, machine, asked, emit, json));
      if (json) printJson(report);
      else printResult(passText(report, styleOf(process.stdout), program.now()));
      process.exitCode = report.exitCode;
    });
}

function parse(options: Options): Asked {
  const lockTimeoutMs = parseDurationMs(options.lockTimeout);
  if (lockTimeoutMs === null)
    throw usageError(`--lock-timeout must be a duration such as 60s, not "${options.lockTimeout}"`);
  const rewind = options.allowRewind ?? null;
  if (rewind !== null && !/^[0-9a-f]{7,40}$/.test(rewind))
    throw usageError('--allow-rewind takes the commit to accept, 7 to 40 hex digits');
  return {
    allowPrune: options.allowPrune === undefined ? null : count(options.allowPrune, '--allow-prune'),
    allowRewind: rewind,
    lockTimeoutMs,
  };
}

async function syncByAgent(machine: Machine, asked: Asked, emit: Emit): Promise<PassReport | null> {
  const { allowPrune, allowRewind } = asked;
  const answer = await askAgent(machine.controlPath, { kind: 'sync', allowPrune, allowRewind }, emit);
  if (answer === null) return null;
  if (answer.kind === 'report') return answer.report;
  throw new RackError('E_AGENT', 'the agent gave no report');
}

async function syncHere(
  program: Program,
  machine: Machine,
  asked: Asked,
  emit: Emit,
  json: boolean,
): Promise<PassReport> {
  const lock = await machine.lock('sync', asked.lockTimeoutMs);
  try {
    const store = await machine.openStore(emit);
    const deps = reconcilerDeps(program, machine, store, emit, stopSignal(), () => null);
    const report = await reconcileOnce(
      { ...deps, probesCommitted: true },
      {
        trigger: 'sync',
        allowPrune: asked.allowPrune,
        allowRewind: asked.allowRewind,
        onPlan: (plan) => {
          if (!json) printNote(planText(plan, styleOf(process.stderr)));
        },
      },
    );
    // Nobody else will: with an agent this runs beside its passes.
    await mergeSealedLayers(deps);
    return report;
  } finally {
    await lock.release();
  }
}
