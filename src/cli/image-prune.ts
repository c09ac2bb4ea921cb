/** `image prune`: deletes images that nothing needs. By the running agent if there is one, else under the lock, so that nothing comes to need them meanwhile. */
import type { Command } from 'commander';
import { askAgent } from '../agent/index.js';
import { planImages, pruneImages, type Retention } from '../reconciler/index.js';
import { prunedText } from '../report/index.js';
import { globals, needRoot } from './globals.js';
import { imageLine } from './image-lines.js';
import { printJson, printResult, printWarnings } from './output.js';
import type { Machine, Program } from './program.js';

const lockTimeoutMs = 60_000;

interface Options {
  readonly dryRun?: boolean;
  readonly manual?: boolean;
}

export function addImagePrune(image: Command, program: Program): void {
  image
    .command('prune')
    .description('delete images that nothing needs, except the newest of each name (images.keep)')
    .option('--dry-run', 'only say what would be deleted')
    .option('--manual', 'also files that you put into the image directory yourself')
    .addHelpText(
      'after',
      '\nWhat runs, is desired, or ran before it stays, always. It is also done by itself after rollouts and removals, never to files that you put there.\n\nExample:\n  rackops image prune --dry-run --manual',
    )
    .action(async (options: Options, command: Command) => {
      needRoot();
      const { config, json } = globals(command);
      const machine = await program.openMachine(config);
      printWarnings(machine.warnings);
      const dryRun = options.dryRun === true;
      const manual = options.manual === true;
      const images = (dryRun ? await wouldGo(machine, manual) : await prune(program, machine, manual)).map(
        imageLine,
      );
      if (json) printJson({ apiVersion: 'rackops/v1', dryRun, images });
      else printResult(prunedText(images, dryRun));
    });
}

async function wouldGo(machine: Machine, manual: boolean): Promise<readonly Retention[]> {
  const deps = { host: machine.host, store: machine.readableStore(), config: machine.config };
  return (await planImages(deps, manual)).filter(({ stays }) => !stays);
}

async function prune(program: Program, machine: Machine, manual: boolean): Promise<readonly Retention[]> {
  const answer = await askAgent(machine.controlPath, { kind: 'pruneImages', manual });
  if (answer?.kind === 'pruned') return answer.images;
  const lock = await machine.lock('image prune', lockTimeoutMs);
  try {
    const store = await machine.openStore(program.createLog('warn'));
    return await pruneImages({ host: machine.host, store, config: machine.config }, manual);
  } finally {
    await lock.release();
  }
}
