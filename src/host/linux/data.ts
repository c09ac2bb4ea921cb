/** The writable directories as a whole: which there are, how big, and the one way to delete one. */
import { lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataPath, type Layout, RackError, under } from '../../model/index.js';
import type { Data } from '../ports.js';
import { type MountRecord, mountedAtOrBelow, optionValue, readMountinfo } from './mountinfo.js';
import { livingGenerations } from './tokens.js';

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
    sizeBytes: (rack) => sizeOf(Buffer.from(dataPath(layout, rack))),
    purge: async (rack) => {
      if (!rackName.test(rack)) throw new Error(`internal error: not a rack name: ${rack}`);
      refuseLiving(layout, rack);
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
  const isLog = path.startsWith(`${layout.state}/`);
  const trashes = isLog ? under(layout.state, '.trash') : under(layout.readwrite, '.trash');
  if (await exists(path)) {
    await refuseMounts(path, rack);
    await mkdir(trashes, { recursive: true, mode: 0o700 });
    await rename(path, join(trashes, `${rack}-${process.pid}-${Date.now()}`));
  }
  // Also what a purge that was killed left half-deleted.
  const name = new RegExp(`^${rack}-\\d+-\\d+$`);
  for (const trash of (await readdir(trashes).catch(() => [])).filter((entry) => name.test(entry))) {
    await refuseMounts(join(trashes, trash), rack);
    await rm(join(trashes, trash), { recursive: true, force: true });
  }
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

async function refuseMounts(path: string, rack: string): Promise<void> {
  const records = await readMountinfo();
  const mounted = mountedAtOrBelow(records, path)[0] ?? records.find((record) => writesTo(record, path));
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

/** True for an overlay whose writable layer is at the path or below it, wherever it is mounted. */
function writesTo(record: MountRecord, path: string): boolean {
  const upper = record.type === 'overlay' ? optionValue(record.superOptions, 'upperdir') : null;
  return upper === path || upper?.startsWith(`${path}/`) === true;
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

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
