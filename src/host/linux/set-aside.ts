/**
 * Takes entries out of the layer that is written to, and puts them back: each by one rename within the rack's directory, after a list of all of them is on disk. So every moment leaves something that the next
 * call, either way, ends. Each entry by its name in a directory that is held: no link that a service left leads out of the layer.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { lstat, mkdir, open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import { heldPath, holdDirectory, O_PATH, removeXattr, setTimes, setXattr } from '../../kernel/index.js';
import { bytesOfText } from '../../lib/index.js';
import {
  asidePath,
  type HostPath,
  type LayerStack,
  type Layout,
  layerPath,
  type ShadowDrop,
  under,
} from '../../model/index.js';
import { refuseMounted } from './delete-tree.js';
import { ignoreMissing } from './mount-errors.js';

const opaqueName = 'trusted.overlay.opaque';
const listName = 'entries.json';

interface AsideList {
  readonly format: 1;
  readonly drops: readonly ShadowDrop[];
}

interface Aside {
  readonly layout: Layout;
  readonly rack: string;
  /** Of the rollout. */
  readonly id: string;
  readonly stack: LayerStack;
}

/** As of `Shadows.setAside`. */
export async function setAside(aside: Aside, drops: readonly ShadowDrop[]): Promise<void> {
  const directory = pathOf(aside);
  await refuseInUse(aside);
  const known = await readList(directory);
  if (known === null) await writeList(directory, { format: 1, drops });
  await inLayer(aside, async (root) => {
    for (const [index, drop] of (known?.drops ?? drops).entries()) {
      const kept = under(directory, String(index));
      if (await exists(kept)) continue;
      await atEntry(root, drop.path, async (entry, path) => {
        if (drop.how === 'opaque') removeOpaque(root, path);
        else if (await exists(entry)) await rename(entry, kept);
      });
    }
  });
}

/** As of `Shadows.putBack`. */
export async function putBack(aside: Aside): Promise<void> {
  const directory = pathOf(aside);
  const list = await readList(directory);
  if (list === null) return;
  await refuseInUse(aside);
  await inLayer(aside, async (root) => {
    // The other way round: what is in a directory after the directory.
    for (const [index, drop] of [...list.drops.entries()].reverse()) {
      const kept = under(directory, String(index));
      if (drop.how === 'entry' && !(await exists(kept))) continue;
      await atEntry(root, drop.path, async (entry, path) => {
        if (drop.how === 'opaque') return addOpaque(root, path);
        if (await exists(entry)) await rename(entry, `${kept}.new`);
        await rename(kept, entry);
      });
    }
  });
  await rm(under(directory, listName));
  // What the new version wrote in the place of something, or had no place any more, stays there.
  await rmdir(directory).catch(ignoreMissing);
}

function pathOf({ layout, rack, id }: Aside): HostPath {
  return asidePath(layout, rack, id);
}

async function refuseInUse({ layout, rack, stack }: Aside): Promise<void> {
  await refuseMounted(layerPath(layout, rack, stack.layer), {
    rack,
    what: `entries of the writable layer of "${rack}"`,
    hint: 'it is tried again at the next pass',
  });
}

async function inLayer({ layout, rack, stack }: Aside, work: (root: number) => Promise<void>): Promise<void> {
  const root = openSync(layerPath(layout, rack, stack.layer), O_PATH | constants.O_DIRECTORY);
  try {
    await work(root);
  } finally {
    closeSync(root);
  }
}

/** `entry` leads to it as long as `work` runs, `path` is from the root of the layer. Nothing happens when the directory that it is in is gone. */
async function atEntry(
  root: number,
  text: string,
  work: (entry: Buffer, path: Buffer) => Promise<void>,
): Promise<void> {
  const path = bytesOfText(text.slice(1));
  const slash = path.lastIndexOf('/');
  const above = slash === -1 ? Buffer.from('.') : path.subarray(0, slash);
  const directory = holdDirectory(root, above);
  if (directory === null) return;
  try {
    // Nothing of it is the service's doing, so a directory does not look as if it had changed.
    const { atimeNs, mtimeNs } = fstatSync(directory, { bigint: true });
    await work(Buffer.concat([Buffer.from(`${heldPath(directory)}/`), path.subarray(slash + 1)]), path);
    setTimes(`${heldPath(directory)}/.`, atimeNs, mtimeNs);
  } finally {
    closeSync(directory);
  }
}

function removeOpaque(root: number, path: Buffer): void {
  atDirectory(root, path, (held) => removeXattr(held, opaqueName));
}

function addOpaque(root: number, path: Buffer): void {
  atDirectory(root, path, (held) => setXattr(held, opaqueName, Buffer.from('y')));
}

/** By a path that ends in the held directory itself, because such calls follow no link at the end of one. */
function atDirectory(root: number, path: Buffer, work: (held: string) => void): void {
  const fd = holdDirectory(root, path);
  if (fd === null) return;
  try {
    work(`${heldPath(fd)}/.`);
  } finally {
    closeSync(fd);
  }
}

async function readList(directory: HostPath): Promise<AsideList | null> {
  const text = await readFile(under(directory, listName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  // Ours alone can write there.
  return text === null ? null : (JSON.parse(text) as AsideList);
}

/** On disk before anything of it is true. */
async function writeList(directory: HostPath, list: AsideList): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = under(directory, listName);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(list));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  for (const made of [directory, dirname(directory), dirname(dirname(directory))]) {
    const held = await open(made, 'r');
    await held.sync().finally(() => held.close());
  }
}

async function exists(path: string | Buffer): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
