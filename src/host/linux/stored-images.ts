/**
 * Looks after the files of the image directory: lists them, reads them again, deletes what rackops put there. Beside the store, which finds and verifies one image for a rollout: this one never mounts, and never takes a
 * remembered digest for the truth.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, stat, statfs, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loopBacking } from '../../kernel/index.js';
import { hostPath, isSha256, type Layout, RackError, under } from '../../model/index.js';
import type { ImageFile, MountedImage, StoredImages } from '../image-ports.js';
import { parseMountinfo } from './mountinfo.js';

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
    for (const name of others.filter((candidate) => !candidate.startsWith('.'))) {
      const file = await look(join(layout.iso, name), false, digests);
      if (file !== null) files.push(file);
    }
    return files;
  }

  return {
    list,
    mounted: async () => mountedImages(layout),
    space: async () => {
      const { bavail, blocks, bsize } = await statfs(layout.iso);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
    digest: async (path, signal, pace) => {
      const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
        throw unreadable(path, error);
      });
      try {
        return await hash(handle, signal, pace);
      } catch (error) {
        if (signal.aborted || error instanceof RackError) throw error;
        throw unreadable(path, error);
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
      await unlink(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return;
        throw new RackError('E_DELETE', `cannot delete "${path}": ${error.code}`, { cause: error });
      });
    },
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
  if (/\.(?:partial|new|tmp|json|minisig|sig|zsync|caibx)$/.test(path)) return null;
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
  const prefix = `${layout.readonly}/`;
  const mounted: MountedImage[] = [];
  for (const { mountPoint, source } of parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8'))) {
    const sha256 = mountPoint.slice(prefix.length);
    if (!mountPoint.startsWith(prefix) || !isSha256(sha256) || !source.startsWith('/dev/loop')) continue;
    mounted.push({ sha256, devicePath: hostPath(source), ...loopBacking(source) });
  }
  return mounted;
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
