/** `shadow RACK`, `shadow reset`, `shadow merge`: what the writable layer hides of an image, and how the image's is seen again. Only a reset changes anything. */
import type { Command } from 'commander';
import { resettable, type ShadowDeps, shadowMerge, shadowReport } from '../reconciler/index.js';
import { shadowText } from '../report/index.js';
import { globals, needRoot, usageError } from './globals.js';
import { operate } from './operate.js';
import { printContent, printJson, printNote, printResult, stopSignal, styleOf } from './output.js';
import type { Program } from './program.js';

interface ToOption {
  readonly to?: string;
}

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
      const deps = await depsOf(program, config);
      const { running, next, report } = await shadowReport(deps, rack, options.to ?? null, stopSignal());
      if (json) printJson({ apiVersion: 'rackops/v1', rack, running, next, ...report });
      else printResult(shadowText(rack, running.file, next.file, report, styleOf(process.stdout)));
      if (report.levels.block > 0) process.exitCode = 1;
    });
  addReset(shadow, program);
  addMerge(shadow, program);
}

function addReset(shadow: Command, program: Program): void {
  shadow
    .command('reset <rack> <paths...>')
    .description(
      "take files out of the writable layer, so that the image's are seen; restarts the rack's services",
    )
    .option('--whole', 'directories with all that is in them, also what only the service has')
    .option('--dry-run', 'only say what would be done')
    .addHelpText(
      'after',
      '\nThe services are stopped and started, because the layer can only change while nothing is mounted. If they are not healthy afterwards, everything is as before.\nNothing is deleted: what is taken out is kept beside the layers, in set-aside.\nPaths are written as the report writes them. Of a directory that hides what the image has in it only that ends; what is in it stays.\n\nExample:\n  rackops shadow reset webserver /usr/bin/app /etc/app.conf',
    )
    .action(
      async (
        rack: string,
        paths: readonly string[],
        options: { readonly whole?: boolean; readonly dryRun?: boolean },
        command: Command,
      ) => {
        needRoot();
        const odd = paths.find((path) => !path.startsWith('/') || path === '/');
        if (odd !== undefined)
          throw usageError(`a path in the rack begins with "/" and names something, not "${odd}"`);
        const { config, json } = globals(command);
        const request = { rack, paths, whole: options.whole === true };
        if (options.dryRun === true) {
          const drops = await resettable(await depsOf(program, config), request);
          if (json) printJson({ apiVersion: 'rackops/v1', rack, drops });
          else printResult(drops.map(({ path, how }) => `${path}: ${would[how]}`).join('\n'));
          return;
        }
        const message = await operate(program, config, { kind: 'reset', ...request });
        if (json) printJson({ apiVersion: 'rackops/v1', message });
        else printResult(message);
      },
    );
}

const would = {
  entry: "would be set aside; the image's is seen then",
  opaque: 'would show what the image has in it again; what is in it stays',
} as const;

function addMerge(shadow: Command, program: Program): void {
  shadow
    .command('merge <rack> <path>')
    .description(
      'print a text file of the writable layer with what a new image changed in it; exit code 1 with conflicts',
    )
    .option('--to <image>', 'a file of the image directory, or its path (default: what Git asks for)')
    .addHelpText(
      'after',
      '\nA three-way merge by git merge-file: the running image is the common ancestor. Nothing is written but to stdout.\n\nExample:\n  rackops shadow merge webserver /etc/nginx/nginx.conf > nginx.conf',
    )
    .action(async (rack: string, path: string, options: ToOption, command: Command) => {
      needRoot();
      if (!path.startsWith('/')) throw usageError(`a path in the rack begins with "/", not "${path}"`);
      const { config, json } = globals(command);
      const to = command.optsWithGlobals<ToOption>().to ?? options.to ?? null;
      const { text, conflicts } = await shadowMerge(await depsOf(program, config), rack, path, to);
      if (json) printJson({ apiVersion: 'rackops/v1', rack, path, conflicts, text });
      else printContent(text);
      if (conflicts === 0) return;
      printNote(`${conflicts} conflict(s) between <<<<<<< and >>>>>>>`);
      process.exitCode = 1;
    });
}

/** What is only read: no lock is taken, and a running agent is not asked. */
async function depsOf(program: Program, config: string): Promise<ShadowDeps> {
  const machine = await program.openMachine(config);
  return { host: machine.host, store: machine.readableStore() };
}
