/** `plan`: what a sync would do and why. Takes no lock, changes nothing but the Git mirror. */
import type { Command } from 'commander';
import { hasSteps } from '../model/index.js';
import { planOnly } from '../reconciler/index.js';
import { planJson, planText, problemsText } from '../report/index.js';
import { count, globals, needRoot } from './globals.js';
import { printJson, printNote, printResult, stopSignal, styleOf } from './output.js';
import type { Program } from './program.js';
import { readOnlyDeps } from './reconciling.js';

interface Options {
  readonly ref?: string;
  readonly allowPrune?: string;
  readonly all?: boolean;
}

export function addPlan(cli: Command, program: Program): void {
  cli
    .command('plan')
    .description('show what a sync would do, and why; exit code 2 when there are steps to do')
    .option('--ref <ref>', 'plan for a branch, tag or commit instead of the configured branch')
    .option('--allow-prune <n>', 'plan as if this allowance were given')
    .option('--all', 'also show racks that are kept as they are')
    .addHelpText('after', '\nExample:\n  rackops plan --ref feature/new-image')
    .action(async (options: Options, command: Command) => {
      needRoot();
      const { config, json } = globals(command);
      const emit = program.createLog('warn');
      const machine = await program.openMachine(config);
      const allowPrune = options.allowPrune === undefined ? null : count(options.allowPrune, '--allow-prune');
      const { plan, problems, error } = await planOnly(readOnlyDeps(program, machine, emit, stopSignal()), {
        ref: options.ref ?? null,
        allowPrune,
      });
      if (json) printJson({ ...planJson(plan), problems, sourceError: error });
      else {
        if (problems.length > 0) printNote(problemsText(problems, null));
        if (error !== null) printNote(`${error.code}: ${error.message} - ${error.hint}`);
        printResult(planText(plan, styleOf(process.stdout), options.all));
      }
      // Not 3 for invalid files: they are shown and explained, and the question here is whether there is something to do. `validate` answers the other.
      if (hasSteps(plan)) process.exitCode = 2;
      else process.exitCode = error === null ? 0 : 1;
    });
}
