/** The Linux side of `ImageBuilding`: puts its parts together. */
import type { Stats } from 'node:fs';
import { rm } from 'node:fs/promises';
import { textOfBytes } from '../../lib/index.js';
import type { HostPath } from '../../model/index.js';
import type { ImageBuilding, TreeEntry } from '../image-building.js';
import { copyDirectory, findInContext, placeFile } from './build-context.js';
import { debianBase } from './debian-base.js';
import { commandProxies } from './proxies.js';
import { TreeWriter } from './tree-writer.js';
import { untar } from './untar.js';
import { walk } from './walk.js';

export function createImageBuilding(): ImageBuilding {
  return {
    debian: debianBase,
    untar,
    copyDirectory,
    find: findInContext,
    place: placeFile,
    remove: async (tree, path) => {
      const writer = new TreeWriter(tree);
      await writer.remove(path).finally(() => writer.close());
    },
    prune,
    proxies: commandProxies,
  };
}

/** Nobody else writes to the tree, so what the walk met is what is removed. What goes with its directory is not met. */
async function prune(tree: HostPath, isLeftover: (entry: TreeEntry) => boolean): Promise<void> {
  const refuse = (error: unknown): never => {
    throw error;
  };
  for await (const { path, at, stat } of walk(tree, refuse)) {
    if (!isLeftover({ path: `/${textOfBytes(path)}`, type: typeOf(stat) })) continue;
    await rm(at, { recursive: true, force: true });
  }
}

function typeOf(stat: Stats): TreeEntry['type'] {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'link';
  return stat.isBlockDevice() || stat.isCharacterDevice() ? 'device' : 'other';
}
