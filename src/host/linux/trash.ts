/**
 * The one way to delete what racks wrote: renamed aside first, so that a half-deleted directory is never taken for data; then deleted without following links. Anything
 * mounted at or below refuses: deleting through a bind mount would empty what is behind it.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layout, RackError, under } from '../../model/index.js';
import { type MountRecord, mountedAtOrBelow, optionValue, readMountinfo } from './mountinfo.js';

let discarded = 0;

/** The path is gone; also what an earlier call for this rack that was killed left half-deleted. Error: E_MOUNTED. */
export async function discard(layout: Layout, path: string, rack: string): Promise<void> {
  const isLog = path.startsWith(`${layout.state}/`);
  const trashes = under(isLog ? layout.state : layout.readwrite, '.trash');
  if (await exists(path)) {
    await refuseMounts(path, rack);
    await mkdir(trashes, { recursive: true, mode: 0o700 });
    await rename(path, join(trashes, `${rack}-${process.pid}-${Date.now()}${discarded++}`));
  }
  await emptyTrash(trashes, rack);
}

/** What a call that was killed left of the rack's layers is gone. Error: E_MOUNTED. */
export function finishDiscards(layout: Layout, rack: string): Promise<void> {
  return emptyTrash(under(layout.readwrite, '.trash'), rack);
}

async function emptyTrash(trashes: string, rack: string): Promise<void> {
  const name = new RegExp(`^${rack}-\\d+-\\d+$`);
  for (const trash of (await readdir(trashes).catch(() => [])).filter((entry) => name.test(entry))) {
    await refuseMounts(join(trashes, trash), rack);
    await rm(join(trashes, trash), { recursive: true, force: true });
  }
}

async function refuseMounts(path: string, rack: string): Promise<void> {
  const records = await readMountinfo();
  const mounted = mountedAtOrBelow(records, path)[0] ?? records.find((record) => usesPath(record, path));
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

/** True for an overlay with a layer at the path or below it, wherever it is mounted. */
export function usesPath(record: MountRecord, path: string): boolean {
  if (record.type !== 'overlay') return false;
  const upper = optionValue(record.superOptions, 'upperdir') ?? '';
  const lower = optionValue(record.superOptions, 'lowerdir') ?? '';
  return [upper, ...lower.split(':')].some((layer) => layer === path || layer.startsWith(`${path}/`));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
