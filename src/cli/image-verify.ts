/** `image verify`: reads images again and compares them with what was verified once. No rack is touched. */
import type { Command } from 'commander';
import { formatBytes } from '../lib/index.js';
import { checkAndRemember } from '../reconciler/index.js';
import { checkText } from '../report/index.js';
import { globals, needRoot, usageError } from './globals.js';
import { printJson, printNote, printResult, printWarnings, stopSignal, styleOf } from './output.js';
import type { Program } from './program.js';

export function addImageVerify(image: Command, program: Program): void {
  image
    .command('verify [files...]')
    .description(
      'read images again: are they what was verified? Stored and used ones, or those named; exit code 1 when one is damaged',
    )
    .option('--all', 'also files that you put into the image directory and nothing needs')
    .addHelpText('after', '\nExample:\n  rackops image verify webserver-2.0.iso')
    .action(async (files: readonly string[], options: { readonly all?: boolean }, command: Command) => {
      needRoot();
      if (files.length > 0 && options.all === true) throw usageError('give files or --all, not both');
      const { config, json } = globals(command);
      const machine = await program.openMachine(config);
      printWarnings(machine.warnings);
      const checked = await checkAndRemember(
        {
          host: machine.host,
          store: machine.readableStore(),
          emit: null,
          signal: stopSignal(),
          pace: async () => {},
          now: program.now,
          onStart: (path, sizeBytes) => {
            if (!json) printNote(`verifying ${path}${sizeBytes === 0 ? '' : ` (${formatBytes(sizeBytes)})`}`);
          },
        },
        files.length > 0 ? files : options.all === true ? 'all' : 'stored',
      );
      if (json) printJson({ apiVersion: 'rackops/v1', images: checked });
      else printResult(checkText(checked, styleOf(process.stdout)));
      process.exitCode = checked.some(({ result }) => result === 'damaged') ? 1 : 0;
    });
}
