/**
 * The small read-only layer between image and writable layer: mount points that the image lacks, their parents with the image's mode and owner. Nothing
 * of ours ever lands in a writable layer. One squashfs file a generation, linked from a cache by content: most racks share the empty one.
 */

import { constants, fstatSync, readlinkSync } from 'node:fs';
import { chmod, chown, link, mkdir, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { closeFd, isKernelError, O_PATH, openInRoot } from '../../kernel/index.js';
import { digestOfValue, oneAtATime } from '../../lib/index.js';
import {
  generatedLayerFile,
  type Layout,
  type MountPoint,
  RackError,
  rackPath,
  type TreeSpec,
  under,
} from '../../model/index.js';
import { runProgram } from './programs.js';

/** The runtime mounts these in every rack. */
const always: readonly MountPoint[] = ['/proc', '/dev', '/sys'].map((path) => ({
  path: rackPath(path),
  kind: 'directory',
}));

interface Entry {
  /** Relative to the root of the layer, parents first in the list. */
  readonly path: string;
  readonly kind: 'directory' | 'file';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const inTurn = oneAtATime();

/** The generation's layer file exists. Needs the image mounted at `imageRoot`. */
export async function ensureGeneratedLayer(
  layout: Layout,
  tree: TreeSpec,
  imageRoot: string,
): Promise<string> {
  const file = generatedLayerFile(layout, tree.rack, tree.generation);
  if (await exists(file)) return file;
  const entries = await missingEntries(imageRoot, [...always, ...tree.mountPoints]);
  const cache = under(layout.run, 'layers', '.cache');
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const cached = join(cache, `${digestOfValue({ format: 1, entries }).slice(7, 39)}.squashfs`);
  // Several racks want the same one at the same moment; whoever is second finds it there.
  await inTurn(cached, async () => {
    if (!(await exists(cached))) await pack(entries, cached);
  });
  await link(cached, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return file;
}

/** What must be made: nothing for a place that the image has, whatever its kind (the check after the mount tells). */
async function missingEntries(imageRoot: string, points: readonly MountPoint[]): Promise<readonly Entry[]> {
  const root = await open(imageRoot, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const entries = new Map<string, Entry>();
    for (const point of points) addMissing(root.fd, imageRoot, point, entries);
    if (entries.size === 0) return [];
    const { mode, uid, gid } = fstatSync(root.fd);
    entries.set('', { path: '', kind: 'directory', mode: mode & 0o7777, uid, gid });
    return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  } finally {
    await root.close();
  }
}

function addMissing(rootFd: number, imageRoot: string, point: MountPoint, entries: Map<string, Entry>): void {
  const parts = point.path.split('/').filter((part) => part !== '');
  let real = '';
  for (const [index, part] of parts.entries()) {
    const found = look(rootFd, imageRoot, `${real}/${part}`);
    if (found !== null) {
      real = found.path;
      // An existing parent is only listed when something below it is missing; see below.
      if (index === parts.length - 1) return;
      continue;
    }
    if (!isFree(rootFd, `${real}/${part}`)) return;
    addParents(rootFd, imageRoot, real, entries);
    for (const [offset, name] of parts.slice(index).entries()) {
      const isLast = index + offset === parts.length - 1;
      real = `${real}/${name}`;
      const kind = isLast ? point.kind : 'directory';
      const path = real.slice(1);
      if (!entries.has(path))
        entries.set(path, { path, kind, mode: kind === 'file' ? 0o644 : 0o755, uid: 0, gid: 0 });
    }
    return;
  }
}

function addParents(rootFd: number, imageRoot: string, path: string, entries: Map<string, Entry>): void {
  for (let parent = path; parent !== ''; parent = dirname(parent) === '/' ? '' : dirname(parent)) {
    const found = look(rootFd, imageRoot, parent);
    if (found === null) continue;
    entries.set(parent.slice(1), {
      path: parent.slice(1),
      kind: 'directory',
      mode: found.mode,
      uid: found.uid,
      gid: found.gid,
    });
  }
}

/**
 * True when nothing at all is there. A broken link, a link to itself or a place below a file is taken: a directory of ours would hide what the image has, so it is left
 * to the check after the mount, which refuses it by name.
 */
function isFree(rootFd: number, path: string): boolean {
  try {
    closeFd(openInRoot(rootFd, path, O_PATH | constants.O_NOFOLLOW));
    return false;
  } catch (error) {
    if (isKernelError(error, 'ENOENT')) return true;
    if (isKernelError(error, 'ENOTDIR', 'ELOOP')) return false;
    throw error;
  }
}

/** What is at the path inside the image, links resolved within it; null when nothing is. */
function look(
  rootFd: number,
  imageRoot: string,
  path: string,
): { readonly path: string; readonly mode: number; readonly uid: number; readonly gid: number } | null {
  try {
    const fd = openInRoot(rootFd, path, O_PATH);
    try {
      const { mode, uid, gid } = fstatSync(fd);
      const real = readlinkSync(`/proc/self/fd/${fd}`).slice(imageRoot.length);
      return { path: real, mode: mode & 0o7777, uid, gid };
    } finally {
      closeFd(fd);
    }
  } catch (error) {
    if (isKernelError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw error;
  }
}

async function pack(entries: readonly Entry[], file: string): Promise<void> {
  const staging = await mkdtemp(join(dirname(file), '.staging-'));
  try {
    for (const entry of entries) {
      const path = join(staging, entry.path);
      if (entry.kind === 'file') await (await open(path, 'w')).close();
      else await mkdir(path, { recursive: true });
    }
    for (const entry of entries) {
      const path = join(staging, entry.path);
      await chown(path, entry.uid, entry.gid);
      await chmod(path, entry.mode);
    }
    const partial = `${file}.${basename(staging)}.partial`;
    const args = [
      staging,
      partial,
      '-noappend',
      '-quiet',
      '-no-progress',
      '-no-xattrs',
      '-mkfs-time',
      '0',
      '-all-time',
      '0',
      '-processors',
      '1',
    ];
    const result = await runProgram('mksquashfs', args, { timeoutMs: 30_000 });
    if (result.exitCode !== 0) {
      throw new RackError('E_MOUNT', `cannot make the layer of mount points: ${result.explain}`, {
        hint: 'run rackops doctor',
      });
    }
    await rename(partial, file);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
