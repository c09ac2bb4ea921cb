/**
 * Was a file copied into the view while the live rack wrote to it? A copy-up takes what is there at that moment, and a database that is written meanwhile is no database. Walks only
 * what the rehearsal wrote; reads no content.
 */
import { lstat, readdir } from 'node:fs/promises';
import { dataPath, type Layout, rehearsalPaths, under } from '../../model/index.js';

const slash = Buffer.from('/');

/** True when a regular file of the view has a live one that changed since the view was made. */
export async function isViewTorn(layout: Layout, rack: string): Promise<boolean> {
  const { directory, space } = rehearsalPaths(layout, rack);
  // Nothing is made in this directory once the view is there.
  const { mtimeMs: madeAtMs } = await lstat(directory);
  const data = dataPath(layout, rack);
  const layers = (await readdir(data)).filter((name) => /^\d+$/.test(name));
  const live = layers.map((name) => Buffer.from(under(data, name)));
  return await hasChanged(Buffer.from(under(space, 'upper')), live, madeAtMs);
}

/** Names as bytes: what services write need not be UTF-8. */
async function hasChanged(view: Buffer, live: readonly Buffer[], sinceMs: number): Promise<boolean> {
  for (const entry of await readdir(view, { withFileTypes: true, encoding: 'buffer' })) {
    const within = (directory: Buffer): Buffer => Buffer.concat([directory, slash, entry.name]);
    if (entry.isDirectory()) {
      if (await hasChanged(within(view), live.map(within), sinceMs)) return true;
    } else if (entry.isFile()) {
      const found = await Promise.all(live.map((layer) => lstat(within(layer)).catch(() => null)));
      if (found.some((file) => file?.isFile() === true && file.ctimeMs >= sinceMs)) return true;
    }
  }
  return false;
}
