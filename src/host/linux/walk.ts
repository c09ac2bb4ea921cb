/** Every entry below a directory, as it is at that moment: what goes meanwhile is left out. Follows nothing, reads no content. */
import { lstat, readdir } from 'node:fs/promises';

interface Entry {
  /** Of 512 bytes. */
  readonly blocks: number;
  readonly size: number;
  readonly isFile: boolean;
  /** Names of the file, each of which is seen. */
  readonly links: number;
}

/** Names as bytes: what services write need not be UTF-8. A file with several names is seen as often. */
export async function walk(directory: Buffer, see: (entry: Entry) => void): Promise<void> {
  for (const name of await readdir(directory, 'buffer').catch(() => [])) {
    const path = Buffer.concat([directory, Buffer.from('/'), name]);
    const entry = await lstat(path).catch(() => null);
    if (entry === null) continue;
    see({ blocks: entry.blocks, size: entry.size, isFile: entry.isFile(), links: entry.nlink });
    if (entry.isDirectory()) await walk(path, see);
  }
}
