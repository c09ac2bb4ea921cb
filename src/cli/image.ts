/** `image …`: make, ship and look after images. One file a subcommand; this one only names them. */
import type { Command } from 'commander';
import { addImagePush } from './image-push.js';
import type { Program } from './program.js';

/** Each adds one subcommand to `rackops image`. */
const subcommands: readonly ((image: Command, program: Program) => void)[] = [addImagePush];

export function addImage(cli: Command, program: Program): void {
  const image = cli
    .command('image')
    .description('build, ship and look after images')
    .addHelpText('after', '\nExample:\n  rackops image list');
  for (const add of subcommands) add(image, program);
}
