/**
 * Was a file copied into the view while the live rack wrote to it? A copy-up takes what is there at that moment, and a database that is written meanwhile is no database. Walks only
 * what the rehearsal wrote; reads no content. What goes meanwhile, in the view or in the live data, tells nothing.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { holdEntry, O_PATH } from '../../kernel/index.js';
import { dataPath, type Layout, rehearsalPaths, under } from '../../model/index.js';
import { walk } from './walk.js';

/** True when a regular file of the view has a live one that changed since the view was made. */
export async function isViewTorn(layout: Layout, rack: string): Promise<boolean> {
  const { directory, space } = rehearsalPaths(layout, rack);
  // Nothing is made in this directory once the view is there.
  const madeAtMs = (await lstat(directory).catch(() => null))?.mtimeMs;
  if (madeAtMs === undefined) return false;
  const live: number[] = [];
  try {
    live.push(...(await holdLayers(dataPath(layout, rack))));
    for await (const { path, stat } of walk(under(space, 'upper')))
      if (stat.isFile() && live.some((layer) => hasChanged(layer, path, madeAtMs))) return true;
    return false;
  } finally {
    for (const fd of live) closeSync(fd);
  }
}

async function holdLayers(data: string): Promise<readonly number[]> {
  const names = (await readdir(data).catch(() => [])).filter((name) => /^\d+$/.test(name));
  return names.flatMap((name) => {
    try {
      return [openSync(`${data}/${name}`, O_PATH | constants.O_DIRECTORY)];
    } catch {
      return [];
    }
  });
}

function hasChanged(layer: number, path: Buffer, sinceMs: number): boolean {
  try {
    const fd = holdEntry(layer, path);
    if (fd === null) return false;
    try {
      const found = fstatSync(fd);
      return found.isFile() && found.ctimeMs >= sinceMs;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
