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
    .action((rack: string, _options: ToOption, command: Command) => show(program, rack, command));
  shadow
    .command('show <rack>')
    .description('the same, for a rack with the name of one of these commands')
    .option('--to <image>', 'as above')
    .addHelpText('after', '\nExample:\n  rackops shadow show reset')
    .action((rack: string, _options: ToOption, command: Command) => show(program, rack, command));
  addReset(shadow, program);
  addMerge(shadow, program);
}

async function show(program: Program, rack: string, command: Command): Promise<void> {
  needRoot();
  const { config, json } = globals(command);
  const deps = await shadowDeps(program, config);
  const to = command.optsWithGlobals<ToOption>().to ?? null;
  const { running, next, report } = await shadowReport(deps, rack, to, stopSignal());
  if (json) printJson({ apiVersion: 'rackops/v1', rack, running, next, ...report });
  else printResult(shadowText(rack, running.file, next.file, report, styleOf(process.stdout)));
  if (report.levels.block > 0) process.exitCode = 1;
}
