/**
 * The one way to delete data: renamed aside first, so that a half-deleted directory is never taken for data; then deleted without following links. Anything mounted at or
 * below refuses before that.
 */
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layout, under } from '../../model/index.js';
import { type Deleted, deleteTree, refuseMounted } from './delete-tree.js';

let discarded = 0;

/** The path is gone; also what an earlier call for this rack that was killed left half-deleted. Errors: E_MOUNTED, E_DELETE. */
export async function discard(layout: Layout, path: string, rack: string): Promise<void> {
  const isLog = path.startsWith(`${layout.state}/`);
  const trashes = under(isLog ? layout.state : layout.readwrite, '.trash');
  if (await exists(path)) {
    await refuseMounted(path, dataOf(rack));
    await mkdir(trashes, { recursive: true, mode: 0o700 });
    await rename(path, join(trashes, `${rack}-${process.pid}-${Date.now()}${discarded++}`));
  }
  await emptyTrash(trashes, rack);
}

/** What a call that was killed left of the rack's layers is gone. Errors: E_MOUNTED, E_DELETE. */
export function finishDiscards(layout: Layout, rack: string): Promise<void> {
  return emptyTrash(under(layout.readwrite, '.trash'), rack);
}

async function emptyTrash(trashes: string, rack: string): Promise<void> {
  const name = new RegExp(`^${rack}-\\d+-\\d+$`);
  for (const trash of (await readdir(trashes).catch(() => [])).filter((entry) => name.test(entry)))
    await deleteTree(join(trashes, trash), dataOf(rack));
}

function dataOf(rack: string): Deleted {
  return { rack, what: `the data of "${rack}"`, hint: 'unmount it, then purge again' };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
