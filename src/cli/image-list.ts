/** `image list`: which images are on this host, who needs them, and why each of them is still there. Reads only. */
import type { Command } from 'commander';
import { planImages } from '../reconciler/index.js';
import { imagesText } from '../report/index.js';
import { globals, needRoot } from './globals.js';
import { imageLine } from './image-lines.js';
import { printJson, printResult, printWarnings } from './output.js';
import type { Program } from './program.js';

export function addImageList(image: Command, program: Program): void {
  image
    .command('list')
    .description('list images: size, age, which racks run, want or ran them, and why each is still there')
    .addHelpText('after', '\nExample:\n  rackops image list')
    .action(async (_options: unknown, command: Command) => {
      needRoot();
      const { config, json } = globals(command);
      const machine = await program.openMachine(config);
      printWarnings(machine.warnings);
      const deps = { host: machine.host, store: machine.readableStore(), config: machine.config };
      const images = (await planImages(deps, false)).map(imageLine);
      const space = await machine.host.storedImages.space();
      if (json) printJson({ apiVersion: 'rackops/v1', images, space });
      else printResult(imagesText(images, space.freeBytes, program.now()));
    });
}
