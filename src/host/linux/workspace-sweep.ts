/**
 * The directories in which images are put together: made with a lock that says whether their owner lives, and taken away when it does not: mounts, processes, files. Only directories of our own name are ever
 * touched, because the place may be one in which others keep theirs. Never deletes through a mount.
 */
import { closeSync, constants, mkdtempSync, openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupsUnder, killCgroup, removeCgroup, tryLock } from '../../kernel/index.js';
import { errorMessage } from '../../lib/index.js';
import { cgroupRoot, type HostPath, hostPath, RackError, under } from '../../model/index.js';
import { deleteTree } from './delete-tree.js';
import { explained } from './mount-errors.js';
import { mountedAtOrBelow, readMountinfo } from './mountinfo.js';
import { unmountInTime } from './unmount.js';

const prefix = '.rackops-image-';
/** As mkdtemp makes it. */
const ours = /^\.rackops-image-[A-Za-z0-9]{6}$/;
/** After SIGKILL only the kernel can keep a process. */
const killMs = 5_000;
/** Others hold the directory's lock for a few system calls. */
const turnMs = 10;
const turns = 500;

/** A new directory in that one, and the descriptor whose lock keeps it. Error: E_IMAGE_BUSY. */
export async function makeWorkspace(
  directory: HostPath,
): Promise<{ readonly path: HostPath; readonly lock: number }> {
  return await inTurn(directory, () => {
    const path = hostPath(mkdtempSync(join(directory, prefix)));
    const lock = lockOf(path);
    if (lock === null) throw new Error(`internal error: a new directory is locked: ${path}`);
    return { path, lock };
  });
}

/** What builds that are dead left is gone; those that live are not touched. `note` is told what could not be taken away. Error: E_IMAGE_BUSY. */
export async function sweepWorkspaces(directory: HostPath, note: (line: string) => void): Promise<void> {
  for (const name of (await readdir(directory)).filter((entry) => ours.test(entry))) {
    const path = under(directory, name);
    const lock = await inTurn(directory, () => lockOf(path));
    if (lock === null) continue;
    try {
      await takeAway(path);
    } catch (error) {
      note(`left over by an earlier build: ${errorMessage(error)}`);
    } finally {
      closeSync(lock);
    }
  }
}

/** Processes first: they hold the mounts. Errors: E_MOUNT, E_MOUNTED, E_DELETE. */
export async function takeAway(path: HostPath): Promise<void> {
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

/** Runs `work` while no other process makes or sweeps there: one that is made and not yet locked looks like one whose owner is dead. */
async function inTurn<T>(directory: HostPath, work: () => T): Promise<T> {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (let turn = 0; turn < turns; turn++) {
      if (tryLock(fd)) return work();
      await sleep(turnMs);
    }
  } finally {
    closeSync(fd);
  }
  throw new RackError('E_IMAGE_BUSY', `cannot build in "${directory}": another process holds a lock on it`, {
    hint: 'name another directory with --scratch',
  });
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
