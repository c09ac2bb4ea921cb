/**
 * The image store: which file stands for an image, and the proof that its bytes are the ones the definition names. A root-owned file that nobody else can write is
 * used where it is; anything else is copied first, because what others can change after the check proves nothing.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isOpenForWriting } from '../../kernel/index.js';
import { formatBytes, oneAtATime } from '../../lib/index.js';
import { type HostPath, type ImageRef, type Layout, RackError, under } from '../../model/index.js';
import type { Images } from '../ports.js';
import { checkSquashfs } from './squashfs.js';

const chunkBytes = 1_048_576;
/** Change times are as coarse as the kernel's clock: 10 ms at most, and some more for the time it takes to look. */
const clockTickMs = 20;
/** Copying leaves this much free: the racks need to write too. */
const spareBytes = 64 * 1_048_576;

export interface ImageStore extends Images {
  /** The verified file, open for reading; the caller closes it. Same errors as `ensure`. */
  openVerified(
    image: ImageRef,
    progress?: (detail: string) => void,
  ): Promise<{ readonly handle: FileHandle; readonly path: string }>;
  /** The open file still has the bytes that were verified: asked again once it can no longer be exchanged, because it is mounted. Error: E_IMAGE_DIGEST. */
  confirm(image: ImageRef, verified: { readonly handle: FileHandle; readonly path: string }): Promise<void>;
}

export function createImageStore(options: {
  readonly layout: Layout;
  readonly sources: readonly HostPath[];
}): ImageStore {
  const { layout, sources } = options;
  const cachePath = under(layout.state, 'image-cache.json');
  const copies = under(layout.iso, '.store');
  /** Racks that share an image ask for it at the same moment: it is hashed and copied once, and the cache has one writer. */
  const inTurn = oneAtATime();
  let hashes: Map<string, string> | null = null;

  async function known(): Promise<Map<string, string>> {
    if (hashes === null) {
      const text = await readFile(cachePath, 'utf8').catch(() => '{}');
      hashes = parseCache(text);
    }
    return hashes;
  }

  async function hashOf(handle: FileHandle, progress: (detail: string) => void): Promise<string> {
    const stat = await handle.stat({ bigint: true });
    const startedAt = Date.now();
    const key = `${stat.dev}:${stat.ino}:${stat.size}:${stat.ctimeNs}`;
    const cache = await known();
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    const sha256 = await hashFile(handle, Number(stat.size), progress);
    const after = await handle.stat({ bigint: true });
    // Written to while it was read: the digest is of neither version, and must not be remembered.
    if (after.ctimeNs !== stat.ctimeNs || after.size !== stat.size) return sha256;
    // Written to in the same tick of the clock it would look the same.
    if (startedAt - Number(stat.ctimeMs) < clockTickMs) return sha256;
    cache.set(key, sha256);
    await inTurn('cache', writeCache);
    return sha256;
  }

  /** A cache: losing it costs one more read of the image, so it is not synced. */
  async function writeCache(): Promise<void> {
    const entries = Object.fromEntries([...(await known())].slice(-1_000));
    await writeFile(`${cachePath}.tmp`, JSON.stringify(entries), { mode: 0o600 });
    await rename(`${cachePath}.tmp`, cachePath);
  }

  /** The copy in the store, when it is there and right. */
  async function openCopy(image: ImageRef, progress: (detail: string) => void): Promise<FileHandle | null> {
    const handle = await openImage(join(copies, image.sha256));
    if (handle === null) return null;
    if ((await hashOf(handle, progress)) === image.sha256) return handle;
    await handle.close();
    return null;
  }

  async function copyIn(
    from: FileHandle,
    image: ImageRef,
    progress: (detail: string) => void,
  ): Promise<FileHandle> {
    await mkdir(copies, { recursive: true, mode: 0o700 });
    const path = join(copies, image.sha256);
    const partial = `${path}.partial`;
    const size = (await from.stat()).size;
    await rm(partial, { force: true });
    const to = await open(partial, 'wx', 0o600);
    try {
      await refuseFullDisk(to, size, image);
      progress(`copying ${formatBytes(size)} into the store`);
      await copyFile(from, to, size);
      await to.sync();
    } catch (error) {
      await rm(partial, { force: true });
      throw asFullDisk(error, size, image);
    } finally {
      await to.close();
    }
    const copied = await open(partial, 'r');
    try {
      refuseOtherDigest(await hashOf(copied, progress), image, partial);
    } catch (error) {
      await copied.close();
      await rm(partial, { force: true });
      throw error;
    }
    await rename(partial, path);
    const directory = await open(copies, 'r');
    await directory.sync().finally(() => directory.close());
    return copied;
  }

  async function findVerified(
    image: ImageRef,
    progress: (detail: string) => void,
  ): Promise<{ readonly handle: FileHandle; readonly path: string }> {
    const copy = await openCopy(image, progress);
    if (copy !== null) return { handle: copy, path: join(copies, image.sha256) };
    if (basename(image.file) !== image.file) throw notFound(image, []);
    let wrong: RackError | null = null;
    for (const source of sources) {
      const path = join(source, image.file);
      const handle = await openImage(path);
      if (handle === null) continue;
      try {
        const inPlace = source === layout.iso && (await isOurs(handle));
        refuseOtherDigest(await hashOf(handle, progress), image, path);
        await checkSquashfs(handle, image.file);
        if (inPlace) return { handle, path };
        const copied = await copyIn(handle, image, progress);
        await handle.close();
        return { handle: copied, path: join(copies, image.sha256) };
      } catch (error) {
        await handle.close().catch(() => {});
        if (!(error instanceof RackError) || error.code !== 'E_IMAGE_DIGEST') throw error;
        wrong = error;
      }
    }
    throw wrong ?? notFound(image, sources);
  }

  const openVerified: ImageStore['openVerified'] = (image, progress = () => {}) =>
    inTurn(image.sha256, () => findVerified(image, progress));

  return {
    openVerified,
    confirm: async (image, { handle, path }) => {
      refuseOtherDigest(await hashOf(handle, () => {}), image, path);
    },
    ensure: async (image, progress) => {
      const { handle } = await openVerified(image, progress);
      await handle.close();
    },
  };
}

/** Null when there is no such regular file; a symbolic link is not followed. */
async function openImage(path: string): Promise<FileHandle | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ELOOP') {
      throw new RackError('E_IMAGE_FORMAT', `cannot use "${path}": it is a symbolic link`, {
        hint: 'put the file itself there',
      });
    }
    throw new RackError('E_IMAGE_NOT_FOUND', `cannot open "${path}": ${code}`, { cause: error });
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new RackError('E_IMAGE_FORMAT', `cannot use "${path}": it is no regular file`, {
    hint: 'an image is a squashfs file',
  });
}

/** Root's, nobody else may open it to write, and nobody has it open from a time when he could. */
async function isOurs(handle: FileHandle): Promise<boolean> {
  const { uid, mode } = await handle.stat();
  return uid === 0 && (mode & 0o022) === 0 && !isOpenForWriting(handle.fd);
}

async function hashFile(
  handle: FileHandle,
  size: number,
  progress: (detail: string) => void,
): Promise<string> {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let position = 0;
  let told = 0;
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    hash.update(chunk.subarray(0, bytesRead));
    position += bytesRead;
    if (position - told >= 64 * chunkBytes) {
      told = position;
      progress(`verifying ${formatBytes(position)} of ${formatBytes(size)}`);
    }
  }
  return hash.digest('hex');
}

async function copyFile(from: FileHandle, to: FileHandle, size: number): Promise<void> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (let position = 0; position < size; ) {
    const { bytesRead } = await from.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    await to.write(chunk, 0, bytesRead, position);
    position += bytesRead;
  }
}

async function refuseFullDisk(handle: FileHandle, size: number, image: ImageRef): Promise<void> {
  const { statfs } = await import('node:fs/promises');
  const { bavail, bsize } = await statfs(`/proc/self/fd/${handle.fd}`);
  if (bavail * bsize < size + spareBytes) throw fullDisk(size, bavail * bsize, image);
}

function asFullDisk(error: unknown, size: number, image: ImageRef): unknown {
  const isFull =
    error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return isFull ? fullDisk(size, 0, image) : error;
}

function fullDisk(size: number, free: number, image: ImageRef): RackError {
  return new RackError(
    'E_DISK_SPACE',
    `cannot copy "${image.file}": needs ${formatBytes(size)}, free ${formatBytes(free)}`,
    {
      hint: 'free some space; it is tried again at the next pass',
    },
  );
}

function refuseOtherDigest(got: string, image: ImageRef, path: string): void {
  if (got === image.sha256) return;
  throw new RackError('E_IMAGE_DIGEST', `cannot use "${path}": want sha256 ${image.sha256}, got ${got}`, {
    hint: 'copy the right file there, or correct image.sha256 in the definition',
  });
}

function notFound(image: ImageRef, sources: readonly HostPath[]): RackError {
  const places = sources.map((source) => join(source, image.file)).join(', ');
  return new RackError('E_IMAGE_NOT_FOUND', `cannot find the image "${image.file}": looked for ${places}`, {
    hint: 'copy the file there; it is looked for again at the next pass',
  });
}

function parseCache(text: string): Map<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object') return new Map();
    return new Map(
      Object.entries(value).filter(([, sha]) => typeof sha === 'string' && /^[0-9a-f]{64}$/.test(sha)),
    );
  } catch {
    return new Map();
  }
}
