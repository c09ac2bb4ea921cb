/** `shadow merge`: a text file of the writable layer with what a new image changed in it, printed or put in its place. */
import type { Command } from 'commander';
import { shadowMerge } from '../reconciler/index.js';
import { globals, needRoot, usageError } from './globals.js';
import { operate } from './operate.js';
import { printContent, printJson, printNote, printResult } from './output.js';
import type { Program } from './program.js';
import { shadowDeps, type ToOption } from './shadow-deps.js';

interface Options extends ToOption {
  readonly write?: boolean;
}

export function addMerge(shadow: Command, program: Program): void {
  shadow
    .command('merge <rack> <path>')
    .description(
      'print a text file of the writable layer with what a new image changed in it, or write it; exit code 1 with conflicts',
    )
    .option('--to <image>', 'a file of the image directory, or its path (default: what Git asks for)')
    .option('--write', "put the merge in the file's place; restarts the rack's services")
    .addHelpText(
      'after',
      '\nA three-way merge by git merge-file: the running image is the common ancestor, so it is made before the rollout to the new one. Without --write nothing is written but to stdout.\nWith --write the version that runs now is started on the merged file, and has it undone when it is not healthy with it. Refused with conflicts. Owner, mode and attributes of the file stay, and the file as it was is kept beside the layers, in set-aside.\n\nExamples:\n  rackops shadow merge webserver /etc/nginx/nginx.conf > nginx.conf\n  rackops shadow merge webserver /etc/nginx/nginx.conf --to webserver-2.0.iso --write',
    )
    .action(async (rack: string, path: string, options: Options, command: Command) => {
      needRoot();
      if (!path.startsWith('/')) throw usageError(`a path in the rack begins with "/", not "${path}"`);
      const { config, json } = globals(command);
      const to = command.optsWithGlobals<ToOption>().to ?? null;
      if (options.write === true) {
        const message = await operate(program, config, { kind: 'merge', rack, path, to });
        if (json) printJson({ apiVersion: 'rackops/v1', message });
        else printResult(message);
        return;
      }
      const { text, conflicts } = await shadowMerge(await shadowDeps(program, config), rack, path, to);
      if (json) printJson({ apiVersion: 'rackops/v1', rack, path, conflicts, text });
      else printContent(text);
      if (conflicts === 0) return;
      printNote(`${conflicts} conflict(s) between <<<<<<< and >>>>>>>`);
      process.exitCode = 1;
    });
}
