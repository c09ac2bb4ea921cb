/** sha256 of image files, each read once: remembered by device, inode, size and change time, also by the next process. */
import { createHash } from 'node:crypto';
import { type FileHandle, readFile, rename, writeFile } from 'node:fs/promises';
import { formatBytes, oneAtATime } from '../../lib/index.js';
import { type Layout, under } from '../../model/index.js';
import { whileReading } from './image-file.js';

/** Reads of this size hash three times faster than Node's default stream. */
const chunkBytes = 1_048_576;
/** Change times are as coarse as the kernel's clock: 10 ms at most, and some more for the time it takes to look. */
const clockTickMs = 20;

export interface ImageHashes {
  /** sha256 (hex) of the file as it is now; 64 hex digits. Reads the file unless it was read before. Errors: E_IMAGE_DAMAGED (cannot be read), the signal's reason. */
  of(handle: FileHandle, progress: (detail: string) => void, signal?: AbortSignal): Promise<string>;
  /** Takes over what is known of a file whose change time our own rename has just changed. */
  renamed(handle: FileHandle, sha256: string): Promise<void>;
}

export function createImageHashes(layout: Layout): ImageHashes {
  const cachePath = under(layout.state, 'image-cache.json');
  const inTurn = oneAtATime();
  let hashes: Map<string, string> | null = null;

  async function known(): Promise<Map<string, string>> {
    if (hashes === null) {
      const text = await readFile(cachePath, 'utf8').catch(() => '{}');
      hashes = parseCache(text);
    }
    return hashes;
  }

  async function remember(key: string, sha256: string): Promise<void> {
    (await known()).set(key, sha256);
    await inTurn('cache', writeCache);
  }

  /** A cache: losing it costs one more read of the image, so it is not synced. */
  async function writeCache(): Promise<void> {
    const entries = Object.fromEntries([...(await known())].slice(-1_000));
    await writeFile(`${cachePath}.tmp`, JSON.stringify(entries), { mode: 0o600 });
    await rename(`${cachePath}.tmp`, cachePath);
  }

  return {
    of: async (handle, progress, signal) => {
      const startedAt = Date.now();
      const key = await keyOf(handle);
      const cached = (await known()).get(key);
      if (cached !== undefined) return cached;
      const sha256 = await whileReading(handle, () => hashFile(handle, progress, signal));
      // Written to while it was read, the digest is of neither version and must not be remembered; written to in the same tick of the clock as before, it would look the same.
      const isSettled = startedAt - (await handle.stat()).ctimeMs >= clockTickMs;
      if (isSettled && (await keyOf(handle)) === key) await remember(key, sha256);
      return sha256;
    },
    renamed: async (handle, sha256) => remember(await keyOf(handle), sha256),
  };
}

async function keyOf(handle: FileHandle): Promise<string> {
  const { dev, ino, size, ctimeNs } = await handle.stat({ bigint: true });
  return `${dev}:${ino}:${size}:${ctimeNs}`;
}

async function hashFile(
  handle: FileHandle,
  progress: (detail: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const { size } = await handle.stat();
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let position = 0;
  let told = 0;
  for (;;) {
    signal?.throwIfAborted();
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
