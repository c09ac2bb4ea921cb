/**
 * Where an image is put together: a directory of its own on disk, with what is mounted in it, all of it taken away in the end.
 */
import { closeSync } from 'node:fs';
import { mkdir, realpath, stat, statfs } from 'node:fs/promises';
import { mount } from '../../kernel/index.js';
import { formatBytes } from '../../lib/index.js';
import { type HostPath, hostPath, RackError, under } from '../../model/index.js';
import type { OpenWorkspace } from '../image-workspace.js';
import { asFull, diskFull } from './disk-full.js';
import { copyFace } from './face.js';
import { explained } from './mount-errors.js';
import { mountSquashfs } from './mount-squashfs.js';
import { overlayOptions } from './overlay-options.js';
import { takeImage } from './take-image.js';
import { makeWorkspace, sweepWorkspaces, takeAway } from './workspace-sweep.js';

/** As of `OpenWorkspace`. */
export const openWorkspace: OpenWorkspace = async (base, needBytes, note) => {
  const directory = await ready(base);
  // First: what a killed one left may be what fills the disk.
  await sweepWorkspaces(directory, note);
  await needRoom(directory, needBytes);
  const { path, lock } = await makeWorkspace(directory);
  let made = 0;
  const fresh = async (name: string): Promise<HostPath> => {
    const fresh = under(path, `${name}-${++made}`);
    await mkdir(fresh, { mode: 0o755 }).catch((error) => {
      throw asFull(error, `cannot make "${fresh}"`);
    });
    return fresh;
  };
  return {
    path,
    fresh,
    mountImage: async (file, { sha256: wanted, signal }) => {
      const root = await fresh('image');
      const { handle, sha256, sizeBytes } = await takeImage(file, under(path, `copy-${made}`), signal);
      try {
        if (wanted !== null && sha256 !== wanted) throw otherImage(file, wanted, sha256);
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
};

/** The real path of the directory, made when missing. Errors: E_DIR_OWNER, E_DISK_SPACE. */
async function ready(base: HostPath): Promise<HostPath> {
  const refused = (why: string, cause?: unknown): RackError =>
    new RackError('E_DIR_OWNER', `cannot build in "${base}": ${why}`, {
      ...(cause === undefined ? {} : { cause }),
      hint: 'name a directory of root, mode 0700, with --scratch',
    });
  await mkdir(base, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    const full = asFull(error, `cannot make "${base}"`);
    throw full === error ? refused(error.code ?? error.message, error) : full;
  });
  const real = hostPath(await realpath(base));
  const { uid, mode } = await stat(real);
  if (uid !== 0 || (mode & 0o022) !== 0) throw refused('others can write there');
  return real;
}

async function needRoom(directory: HostPath, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const message = `cannot build in "${directory}": it wants ${formatBytes(bytes)}, free are ${formatBytes(free)}`;
  throw diskFull(message, '--scratch');
}

function otherImage(file: HostPath, wanted: string, sha256: string): RackError {
  return new RackError('E_IMAGE_DIGEST', `cannot use "${file}": want sha256 ${wanted}, got ${sha256}`, {
    blame: 'definition',
    hint: 'get the right image, or correct sha256',
  });
}
