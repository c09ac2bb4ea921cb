/** `shadow reset`: entries of the writable layer leave it, so that the image's are seen. */
import type { Command } from 'commander';
import type { ResetManner, ShadowDrop } from '../model/index.js';
import { resettable } from '../reconciler/index.js';
import { globals, needRoot, usageError } from './globals.js';
import { operate } from './operate.js';
import { printJson, printResult } from './output.js';
import type { Program } from './program.js';
import { shadowDeps } from './shadow-deps.js';

interface Options {
  readonly whole?: boolean;
  readonly keepMetadata?: boolean;
  readonly dryRun?: boolean;
}

export function addReset(shadow: Command, program: Program): void {
  shadow
    .command('reset <rack> <paths...>')
    .description(
      "take files out of the writable layer, so that the image's are seen; restarts the rack's services",
    )
    .option('--whole', 'directories with all that is in them, also what only the service has')
    .option('--keep-metadata', "files only: the image's content, with owner, mode and attributes as they are")
    .option('--dry-run', 'only say what would be done')
    .addHelpText(
      'after',
      '\nThe services are stopped and started, because the layer can only change while nothing is mounted. If they are not healthy afterwards, everything is as before.\nNothing is deleted: what is taken out is kept beside the layers, in set-aside.\nPaths are written as the report writes them. Of a directory that hides what the image has in it only that ends; what is in it stays.\nWith --keep-metadata the file stays in the layer, with the content of the image that runs; to have that of a new image, write a rule with policy refresh.\n\nExamples:\n  rackops shadow reset webserver /usr/bin/app /etc/app.conf\n  rackops shadow reset webserver /usr/bin/app --keep-metadata',
    )
    .action(async (rack: string, paths: readonly string[], options: Options, command: Command) => {
      needRoot();
      const odd = paths.find((path) => !path.startsWith('/') || path === '/');
      if (odd !== undefined)
        throw usageError(`a path in the rack begins with "/" and names something, not "${odd}"`);
      const { config, json } = globals(command);
      const request = { rack, paths, manner: mannerOf(options) };
      if (options.dryRun === true) {
        const drops = await resettable(await shadowDeps(program, config), request);
        if (json) printJson({ apiVersion: 'rackops/v1', rack, drops });
        else printResult(drops.map(({ path, how }) => `${path}: ${would[how]}`).join('\n'));
        return;
      }
      const message = await operate(program, config, { kind: 'reset', ...request });
      if (json) printJson({ apiVersion: 'rackops/v1', message });
      else printResult(message);
    });
}

function mannerOf({ whole = false, keepMetadata = false }: Options): ResetManner {
  if (whole && keepMetadata) throw usageError('--whole is for directories, --keep-metadata for files');
  if (whole) return 'whole';
  return keepMetadata ? 'refresh' : 'plain';
}

const would: Readonly<Record<ShadowDrop['how'], string>> = {
  entry: "would be set aside; the image's is seen then",
  opaque: 'would show what the image has in it again; what is in it stays',
  refresh:
    "would be set aside; the image's content is seen then, with owner, mode and attributes as they are",
  merge: 'would be set aside; a merge is seen then',
};
