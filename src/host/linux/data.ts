/** The writable directories as a whole: which there are, how big, and the one way to delete one. */
import { lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataPath, type Layout, RackError, under } from '../../model/index.js';
import type { Data } from '../ports.js';
import { mountedAtOrBelow, readMountinfo } from './mountinfo.js';

const rackName = /^[a-z][a-z0-9-]{0,31}$/;

export function createData(layout: Layout): Data {
  return {
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
      for (const path of [
        dataPath(layout, rack),
        under(layout.readwrite, '.work', rack),
        under(layout.state, 'logs', rack),
      ]) {
        await remove(layout, path, rack);
      }
    },
  };
}

/**
 * Renamed aside first, so that a half-deleted directory is never taken for data; then deleted without following links. Anything mounted at or below refuses: deleting through
 * a bind mount would empty what is behind it. Error: E_MOUNTED.
 */
async function remove(layout: Layout, path: string, rack: string): Promise<void> {
  if (!(await exists(path))) return;
  await refuseMounts(path, rack);
  const isLog = path.startsWith(`${layout.state}/`);
  const trashes = isLog ? under(layout.state, '.trash') : under(layout.readwrite, '.trash');
  await mkdir(trashes, { recursive: true, mode: 0o700 });
  const trash = join(trashes, `${rack}-${process.pid}-${Date.now()}`);
  await rename(path, trash);
  await refuseMounts(trash, rack);
  await rm(trash, { recursive: true, force: true });
}

async function refuseMounts(path: string, rack: string): Promise<void> {
  const mounted = mountedAtOrBelow(await readMountinfo(), path)[0];
  if (mounted === undefined) return;
  throw new RackError(
    'E_MOUNTED',
    `cannot delete the data of "${rack}": something is mounted at ${mounted.mountPoint}`,
    {
      rack,
      hint: 'unmount it, then purge again',
    },
  );
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    const entry = await lstat(path).catch(() => null);
    if (entry === null) continue;
    bytes += entry.blocks * 512;
    if (entry.isDirectory()) bytes += await sizeOf(path);
  }
  return bytes;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
