/**
 * Tokens of life: the loop device of a generation's generated layer exists exactly as long as that generation's overlay does, in any mount namespace.
 * Reads /sys only.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type Layout, under } from '../../model/index.js';

/** Generations of the rack whose overlay still lives somewhere. Sorted. */
export function livingGenerations(layout: Layout, rack: string): readonly number[] {
  const prefix = `${under(layout.run, 'layers')}/${rack}.`;
  const generations: number[] = [];
  for (const file of loopFiles()) {
    if (!file.startsWith(prefix)) continue;
    const generation = /^(\d+)\.squashfs$/.exec(file.slice(prefix.length))?.[1];
    if (generation !== undefined) generations.push(Number(generation));
  }
  return generations.sort((a, b) => a - b);
}

/** Files behind the loop devices of this machine, as paths; ` (deleted)` is cut off. */
export function loopFiles(): readonly string[] {
  const files: string[] = [];
  for (const name of readdirSync('/sys/block')) {
    if (!name.startsWith('loop')) continue;
    try {
      const file = readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').trim();
      files.push(file.replace(/ \(deleted\)$/, ''));
    } catch {
      // Not attached, or gone while we looked: then it is nobody's token.
    }
  }
  return files;
}
