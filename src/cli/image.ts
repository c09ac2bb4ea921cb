/** `image …`: make, ship and look after images. One file a subcommand; this one only names them. */
import type { Command } from 'commander';
import { addImageBuild } from './image-build.js';
import { addImageImport } from './image-import.js';
import { addImageUpgrade } from './image-upgrade.js';
import type { Program } from './program.js';

/** Each adds one subcommand to `rackops image`. */
const subcommands: readonly ((image: Command, program: Program) => void)[] = [
  addImageBuild,
  addImageUpgrade,
  addImageImport,
];

export function addImage(cli: Command, program: Program): void {
  const image = cli
    .command('image')
    .description('build, ship and look after images')
    .addHelpText('after', '\nExample:\n  rackops image list');
  for (const add of subcommands) add(image, program);
}
