/** The writable directories as a whole: which there are, how big, and the one way to delete one. */
import { readdir } from 'node:fs/promises';
import { dataPath, type Layout, mergingPath, RackError, under } from '../../model/index.js';
import type { Data } from '../ports.js';
import { createLayers } from './layers.js';
import { livingGenerations } from './tokens.js';
import { discard } from './trash.js';
import { walk } from './walk.js';

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
    sizeBytes: (rack) => sizeOf(dataPath(layout, rack)),
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

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  for await (const { stat } of walk(directory)) bytes += stat.blocks * 512;
  return bytes;
}
