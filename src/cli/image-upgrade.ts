/** `image upgrade`: open an image, change it, try it, pack it under a new name. */
import type { Command } from 'commander';
import { upgradeImage } from '../images/index.js';
import { under } from '../model/index.js';
import { imageChangeText, imageSnippet } from '../report/index.js';
import { globals, needRoot, usageError } from './globals.js';
import {
  collect,
  duration,
  making,
  needZsync,
  scratchOption,
  timeoutOption,
  zsyncOption,
} from './image-making.js';
import { existingImage, newImage } from './image-place.js';
import { printJson, printNote, printResult } from './output.js';
import type { Program } from './program.js';

interface Options {
  readonly to: string;
  readonly run: readonly string[];
  readonly check: readonly string[];
  readonly network?: boolean;
  readonly scratch: string;
  readonly zsync?: boolean;
  readonly timeout: string;
}

const details = `
The old image is mounted, not unpacked, and stays as it is. Each --run is a line for the shell in it, and ends at its first failing command; each --check is tried in the changed root, and what it writes
is thrown away. If one of them fails no image is made. An existing file is never overwritten.

Example:
  rackops image upgrade webserver-1.0.iso --to webserver-2.0.iso --network \\
    --run 'apt-get update && apt-get -y upgrade' --check 'nginx -t'`;

export function addImageUpgrade(image: Command, program: Program): void {
  const command = image
    .command('upgrade <image>')
    .description('make a new image from an old one: change it, check it, pack it')
    .requiredOption('--to <file>', 'the new image: a name beside the old one, or a path')
    .option('--run <command>', 'change the image with this command; may be given several times', collect, [])
    .option('--check <command>', 'then try it with this command; may be given several times', collect, [])
    .option('--network', "let --run use the host's network")
    .addHelpText('after', details);
  zsyncOption(timeoutOption(scratchOption(command))).action(
    async (old: string, options: Options, called: Command) => {
      needRoot();
      const zsync = await needZsync(program, options.zsync);
      const { config, json } = globals(called);
      if (options.run.length === 0) throw usageError('say how to change the image: --run COMMAND');
      const timeoutMs = duration(options.timeout, '--timeout');
      const from = await existingImage(program, config, old);
      const to = newImage(options.to, from);
      const made = await making(program, options.scratch, async ({ workspace, signal, progress }) => {
        const commands = program.images.rootCommands(workspace.path);
        const { packing, building } = program.images;
        const tools = { packing, building, workspace, commands, now: program.now };
        const { run, check, network = false } = options;
        return await upgradeImage(tools, {
          from: { file: from.file, path: under(from.directory, from.file) },
          to,
          run,
          check,
          network,
          zsync,
          timeoutMs,
          signal,
          progress,
        });
      });
      const { image: packed, ...changes } = made;
      if (json) {
        printJson({ apiVersion: 'rackops/v1', image: packed, directory: to.directory, ...changes });
        return;
      }
      printNote(imageChangeText({ ...changes, to: packed }));
      printResult(imageSnippet(packed));
    },
  );
}
