/**
 * Where an image is put together: a directory of its own on disk, with what is mounted in it. A lock on it says whether its owner lives; the next one takes away what a killed one left: mounts, processes,
 * files. Never deletes through a mount.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupsUnder, killCgroup, mount, removeCgroup, tryLock } from '../../kernel/index.js';
import { formatBytes } from '../../lib/index.js';
import { cgroupRoot, type HostPath, hostPath, RackError, under } from '../../model/index.js';
import type { Workspace } from '../image-workspace.js';
import { deleteTree } from './delete-tree.js';
import { copyFace } from './face.js';
import { explained } from './mount-errors.js';
import { mountSquashfs } from './mount-squashfs.js';
import { mountedAtOrBelow, readMountinfo } from './mountinfo.js';
import { overlayOptions } from './overlay-options.js';
import { takeImage } from './take-image.js';
import { unmountInTime } from './unmount.js';

const prefix = 'image-';
/** After SIGKILL only the kernel can keep a process. */
const killMs = 5_000;

/** As of `OpenWorkspace`. */
export async function openWorkspace(base: HostPath, needBytes: number): Promise<Workspace> {
  const directory = await ready(base, needBytes);
  await sweep(directory);
  const path = hostPath(await mkdtemp(join(directory, prefix)));
  const lock = lockOf(path);
  if (lock === null) throw new Error(`internal error: a new directory is locked: ${path}`);
  let made = 0;
  const fresh = async (name: string): Promise<HostPath> => {
    const fresh = under(path, `${name}-${++made}`);
    await mkdir(fresh, { mode: 0o755 });
    return fresh;
  };
  return {
    path,
    fresh,
    mountImage: async (file, signal) => {
      const root = await fresh('image');
      const { handle, sha256, sizeBytes } = await takeImage(file, under(path, `copy-${made}`), signal);
      try {
        await mountSquashfs(handle.fd, file, root);
      } finally {
        await handle.close();
      }
      return { root, sha256, sizeBytes };
    },
    overlay: async (lower) => {
      const [upper, work, target] = [await fresh('upper'), await fresh('work'), await fresh('tree')];
      // The overlay's root is the upper one.
      await copyFace(lower, upper);
      const options = overlayOptions([lower], upper, work);
      await mount('image', target, 'overlay', 0, options).catch((error) => {
        throw explained(error, `cannot mount an overlay at ${target}`);
      });
      return { tree: target, upper };
    },
    close: async () => {
      await takeAway(path);
      closeSync(lock);
    },
  };
}

/** The real path of the directory, made when missing. Errors: E_DIR_OWNER, E_DISK_SPACE. */
async function ready(base: HostPath, needBytes: number): Promise<HostPath> {
  await mkdir(base, { recursive: true, mode: 0o700 });
  const real = hostPath(await realpath(base));
  const { uid, mode } = await stat(real);
  if (uid !== 0 || (mode & 0o022) !== 0) {
    throw new RackError('E_DIR_OWNER', `cannot build in "${base}": others can write there`, {
      hint: 'name a directory of root, mode 0700, with --scratch',
    });
  }
  const { bavail, bsize } = await statfs(real);
  if (bavail * bsize >= needBytes) return real;
  throw new RackError(
    'E_DISK_SPACE',
    `cannot build in "${base}": it wants ${formatBytes(needBytes)}, free are ${formatBytes(bavail * bsize)}`,
    { hint: 'free some space, or name another directory with --scratch' },
  );
}

/** What builds that are dead left is gone; those that live are not touched. */
async function sweep(directory: HostPath): Promise<void> {
  for (const name of (await readdir(directory)).filter((entry) => entry.startsWith(prefix))) {
    const path = under(directory, name);
    const lock = lockOf(path);
    if (lock === null) continue;
    try {
      await takeAway(path);
    } finally {
      closeSync(lock);
    }
  }
}

/** Null when another process has it, or it is no directory. */
function lockOf(path: HostPath): number | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
  if (tryLock(fd)) return fd;
  closeSync(fd);
  return null;
}

/** Processes first: they hold the mounts. Errors: E_MOUNT, E_MOUNTED, E_DELETE. */
async function takeAway(path: HostPath): Promise<void> {
  const commands = `${cgroupRoot(path)}.`;
  for (const name of cgroupsUnder('').filter((entry) => entry.startsWith(commands))) {
    await killCgroup(name, killMs);
    removeCgroup(name);
  }
  // The last one mounted is on top.
  for (const { mountPoint } of mountedAtOrBelow(await readMountinfo(), path).toReversed()) {
    await unmountInTime(mountPoint).catch((error) => {
      throw explained(error, `cannot unmount ${mountPoint}`);
    });
  }
  await deleteTree(path, {
    rack: '',
    what: `what was built in "${path}"`,
    hint: 'unmount it; the next build takes it away',
  });
}
