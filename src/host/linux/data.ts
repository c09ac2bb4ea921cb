/** The writable directories as a whole: which there are, how big, and the one way to delete one. */
import { lstat, readdir } from 'node:fs/promises';
import { dataPath, type Layout, mergingPath, RackError, under } from '../../model/index.js';
import type { Data } from '../ports.js';
import { createLayers } from './layers.js';
import { livingGenerations } from './tokens.js';
import { discard } from './trash.js';

const rackName = /^[a-z][a-z0-9-]{0,31}$/;

export function createData(layout: Layout): Data {
  return {
    ...createLayers(layout),
    list: async () => {
      const names = await readdir(layout.readwrite).catch(() => []);
      return names
        .filter((name) => rackName.test(name))
        .sort()
        .map((rack) => ({ rack, path: dataPath(layout, rack) }));
    },
    sizeBytes: (rack) => sizeOf(Buffer.from(dataPath(layout, rack))),
    purge: async (rack) => {
      if (!rackName.test(rack)) throw new Error(`internal error: not a rack name: ${rack}`);
      refuseLiving(layout, rack);
      for (const path of [
        dataPath(layout, rack),
        under(layout.readwrite, '.work', rack),
        mergingPath(layout, rack),
        under(layout.state, 'logs', rack),
      ]) {
        await discard(layout, path, rack);
      }
    },
  };
}

/** An overlay that lives in another mount namespace still writes to the layer; ours would be seen in mountinfo. Error: E_MOUNTED. */
function refuseLiving(layout: Layout, rack: string): void {
  if (livingGenerations(layout, rack).length === 0) return;
  throw new RackError(
    'E_MOUNTED',
    `cannot delete the data of "${rack}": its tree is still mounted somewhere`,
    {
      rack,
      hint: 'sync again: it unmounts the tree, or names who keeps it',
    },
  );
}

/** Names as bytes: what services write need not be UTF-8. */
async function sizeOf(directory: Buffer): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(directory, 'buffer').catch(() => [])) {
    const path = Buffer.concat([directory, Buffer.from('/'), name]);
    const entry = await lstat(path).catch(() => null);
    if (entry === null) continue;
    bytes += entry.blocks * 512;
    if (entry.isDirectory()) bytes += await sizeOf(path);
  }
  return bytes;
}
