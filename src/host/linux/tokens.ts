/**
 * Tokens of life: the loop device of a generation's generated layer exists exactly as long as that generation's overlay does, in any mount namespace.
 * Reads /sys only.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { type Layout, under } from '../../model/index.js';

/**
 * Generations of the rack whose overlay still lives somewhere. Sorted. All devices are looked at once in a process, then only those that are known to be the rack's: whoever asks
 * holds the lock, so nobody else attaches our files, and what this process attaches it looks at by `fileBehind`.
 */
export function livingGenerations(layout: Layout, rack: string): readonly number[] {
  const prefix = `${under(layout.run, 'layers')}/${rack}.`;
  if (!areAllSeen) loopFiles();
  areAllSeen = true;
  const generations: number[] = [];
  for (const [device, { file }] of seen) {
    if (!file.startsWith(prefix)) continue;
    const generation = /^(\d+)\.squashfs$/.exec(file.slice(prefix.length))?.[1];
    if (generation !== undefined && fileBehind(device) === file) generations.push(Number(generation));
  }
  return generations.sort((a, b) => a - b);
}

interface Attached {
  /** The kernel makes the file anew, with another number, whenever something is attached. */
  readonly id: bigint;
  readonly file: string;
}

/** Seen before, by device: looking whether it is the same is a tenth of reading it, and a host has as many devices as racks. */
const seen = new Map<string, Attached>();
let areAllSeen = false;

/** Files behind the loop devices of this machine, as paths; ` (deleted)` is cut off. */
export function loopFiles(): readonly string[] {
  const files: string[] = [];
  for (const name of readdirSync('/sys/block')) {
    if (!name.startsWith('loop')) continue;
    const file = fileBehind(name);
    if (file !== null) files.push(file);
  }
  return files;
}

/** Path of the file behind one loop device (`loop7`); null when nothing is attached. */
export function fileBehind(device: string): string | null {
  const path = `/sys/block/${device}/loop/backing_file`;
  const id = statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
  const known = seen.get(device);
  if (id !== undefined && known?.id === id) return known.file;
  seen.delete(device);
  if (id === undefined) return null;
  try {
    const file = readFileSync(path, 'utf8')
      .trim()
      .replace(/ \(deleted\)$/, '');
    if (file !== '') seen.set(device, { id, file });
    return file;
  } catch (error) {
    // Gone while we looked: then it is nobody's token. What cannot be read for another reason may be one.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENODEV'))
      return null;
    throw error;
  }
}
