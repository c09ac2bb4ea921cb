/**
 * Looks after the files of the image directory: lists them, reads them again, deletes what rackops put there. Beside the store, which finds and verifies one image for a rollout: this one never mounts, and never takes a
 * remembered digest for the truth.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, stat, statfs, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loopBacking } from '../../kernel/index.js';
import {
  companionNames,
  hostPath,
  isCompanion,
  isSha256,
  type Layout,
  RackError,
  under,
} from '../../model/index.js';
import type { ImageFile, MountedImage, StoredImages } from '../image-ports.js';
import { whileReading } from './image-file.js';
import { sweepLeftovers } from './image-leftovers.js';
import { ignoreMissing } from './mount-errors.js';
import { readMountinfo } from './mountinfo.js';

const chunkBytes = 1_048_576;

export function createStoredImages(layout: Layout): StoredImages {
  const store = under(layout.iso, '.store');

  async function list(): Promise<readonly ImageFile[]> {
    const digests = await rememberedDigests(layout);
    const [own, others] = await Promise.all([filesIn(store), filesIn(layout.iso)]);
    const files: ImageFile[] = [];
    for (const name of own.filter(isSha256)) {
      const file = await look(join(store, name), true, digests);
      if (file !== null) files.push({ ...file, sha256: name });
    }
    for (const name of others.filter((candidate) => !candidate.startsWith('.') && !isCompanion(candidate))) {
      const file = await look(join(layout.iso, name), false, digests);
      if (file !== null) files.push(file);
    }
    return files;
  }

  return {
    list,
    mounted: async () => mountedImages(layout),
    space: async () => {
      const found = await statfs(layout.iso).catch(ignoreMissing);
      if (found === undefined) return { freeBytes: 0, totalBytes: 0 };
      const { bavail, blocks, bsize } = found;
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
    digest: async (path, signal, pace) => {
      const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
        throw unreadable(path, error);
      });
      try {
        return await whileReading(handle, () => hash(handle, signal, pace));
      } finally {
        await handle.close();
      }
    },
    remove: async (path) => {
      // Nothing but the store's own copies and plain files of the image directory, whatever the caller says.
      const name = basename(path);
      const isOwn = path === join(store, name) && isSha256(name);
      if (!isOwn && (path !== join(layout.iso, name) || name.startsWith('.')))
        throw new Error(`internal error: "${path}" is no file of the image directory`);
      // The image last: what is left of a half-done removal is found again.
      const beside = isOwn ? [] : companionNames(name).map((each) => join(layout.iso, each));
      for (const each of [...beside, path]) {
        await unlink(each).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return;
          throw new RackError('E_DELETE', `cannot delete "${each}": ${error.code}`, { cause: error });
        });
      }
    },
    sweep: () => sweepLeftovers(layout, Date.now()),
  };
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

/** Null: gone meanwhile, or only begun. */
async function look(
  path: string,
  ours: boolean,
  digests: ReadonlyMap<string, string>,
): Promise<ImageFile | null> {
  if (/\.(?:partial|new|tmp|json|sig|caibx)$/.test(path)) return null;
  const found = await stat(path, { bigint: true }).catch(() => null);
  if (found === null) return null;
  const mode = Number(found.mode & 0o777n);
  return {
    path: hostPath(path),
    file: ours ? null : basename(path),
    sha256: digests.get(`${found.dev}:${found.ino}:${found.size}:${found.ctimeNs}`) ?? null,
    sizeBytes: Number(found.size),
    sinceMs: Number(found.mtimeMs),
    ours,
    device: found.dev,
    inode: found.ino,
    changedNs: found.ctimeNs,
    exposed: found.uid !== 0n || (mode & 0o022) !== 0 ? { uid: Number(found.uid), mode } : null,
  };
}

/** What the store remembers of files that it has read; an entry is about one version of one file. */
async function rememberedDigests(layout: Layout): Promise<ReadonlyMap<string, string>> {
  try {
    const text = await readFile(under(layout.state, 'image-cache.json'), 'utf8');
    return new Map(
      Object.entries<unknown>(JSON.parse(text)).flatMap(([key, sha256]) =>
        typeof sha256 === 'string' && isSha256(sha256) ? [[key, sha256]] : [],
      ),
    );
  } catch {
    return new Map();
  }
}

async function mountedImages(layout: Layout): Promise<readonly MountedImage[]> {
  const mounted = (await imageMounts(layout)).map((mount) => ({
    ...mount,
    ...backingOf(mount.devicePath),
  }));
  if (mounted.every(({ inode }) => inode !== null)) return mounted;
  // Most often a swap has just taken it down: then it is no mount any more.
  const still = await imageMounts(layout);
  return mounted.filter(
    ({ inode, sha256, devicePath }) =>
      inode !== null || still.some((mount) => mount.sha256 === sha256 && mount.devicePath === devicePath),
  );
}

async function imageMounts(layout: Layout): Promise<readonly Pick<MountedImage, 'sha256' | 'devicePath'>[]> {
  const prefix = `${layout.readonly}/`;
  return (await readMountinfo()).flatMap(({ mountPoint, source }) => {
    const sha256 = mountPoint.slice(prefix.length);
    const isImage = mountPoint.startsWith(prefix) && isSha256(sha256) && source.startsWith('/dev/loop');
    return isImage ? [{ sha256, devicePath: hostPath(source) }] : [];
  });
}

function backingOf(path: string): Pick<MountedImage, 'device' | 'inode'> {
  try {
    return loopBacking(path);
  } catch {
    return { device: null, inode: null };
  }
}

async function hash(
  handle: FileHandle,
  signal: AbortSignal,
  pace: (tookMs: number) => Promise<void>,
): Promise<string> {
  const sum = createHash('sha256');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let position = 0; ; ) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) return sum.digest('hex');
    sum.update(chunk.subarray(0, bytesRead));
    position += bytesRead;
    await pace(performance.now() - startedAt);
  }
}

function unreadable(path: string, cause: unknown): RackError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new RackError('E_IMAGE_DAMAGED', `cannot read "${path}": ${code}`, {
    cause,
    hint: 'look at the disk (dmesg), then put the file there again',
  });
}
