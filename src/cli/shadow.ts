/** `shadow RACK`: what the writable layer hides of an image. Changes nothing; the commands below it may. */
import type { Command } from 'commander';
import { shadowReport } from '../reconciler/index.js';
import { shadowText } from '../report/index.js';
import { globals, needRoot } from './globals.js';
import { printJson, printResult, stopSignal, styleOf } from './output.js';
import type { Program } from './program.js';
import { shadowDeps, type ToOption } from './shadow-deps.js';
import { addMerge } from './shadow-merge.js';
import { addReset } from './shadow-reset.js';

export function addShadow(cli: Command, program: Program): void {
  const shadow = cli
    .command('shadow <rack>')
    .description(
      'show which files of the writable layer hide files of an image; exit code 1 when a rollout would fail',
    )
    .option('--to <image>', 'a file of the image directory, or its path (default: what Git asks for)')
    .addHelpText('after', '\nExample:\n  rackops shadow webserver --to webserver-2.0.iso')
    .action(async (rack: string, options: ToOption, command: Command) => {
      needRoot();
      const { config, json } = globals(command);
      const deps = await shadowDeps(program, config);
      const { running, next, report } = await shadowReport(deps, rack, options.to ?? null, stopSignal());
      if (json) printJson({ apiVersion: 'rackops/v1', rack, running, next, ...report });
      else printResult(shadowText(rack, running.file, next.file, report, styleOf(process.stdout)));
      if (report.levels.block > 0) process.exitCode = 1;
    });
  addReset(shadow, program);
  addMerge(shadow, program);
}
