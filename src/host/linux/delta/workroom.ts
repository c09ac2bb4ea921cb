/**
 * Where zsync works: a directory that belongs to a user who has nothing else on this host, below one that only root can enter. Old bytes come in through a pipe, because what is stored is root's alone; a new file comes out,
 * and becomes root's when nobody has it open any more.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { chown, type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeNode } from '../../../kernel/index.js';
import { isOurs } from '../image-file.js';

/** No account has it: Debian reserves 65000 to 65533, systemd gives 61184 to 65519 away. `nobody` may have processes of others. */
export const workerUid = 65_529;
/** Until zsync has read its control file and opens the pipe, ms between two looks. */
const lookMs = 10;
const readBytes = 1_048_576;

/** Names in the directory, which is where zsync runs. */
export const names = { control: 'control', seed: 'seed', image: 'image' } as const;

export interface Workroom {
  readonly path: string;
  /** The bytes of the files, one after the other, go into the pipe once somebody reads there. Ends early when he stops, or at the signal. Never throws for that; errors of the disk. */
  feed(files: readonly FileHandle[], signal: AbortSignal, onBytes: (bytes: number) => void): Promise<void>;
  /** What was made, with exactly so many bytes, open for reading and root's alone; null when there is no such thing. Nobody works there any more. The caller closes it. */
  take(bytes: number): Promise<FileHandle | null>;
  /** What was taken gets that path, on the same file system. */
  moveTo(path: string): Promise<void>;
  /** It is gone. */
  close(): Promise<void>;
}

/** `path`: in a directory of root's; what is there already is of a process that died, and goes. Errors: of the disk. */
export async function openWorkroom(path: string, control: readonly Uint8Array[]): Promise<Workroom> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o700 });
  await writeFile(join(path, names.control), control, { mode: 0o600 });
  makeNode(join(path, names.seed), constants.S_IFIFO | 0o600, 0n);
  for (const name of [names.control, names.seed]) await chown(join(path, name), workerUid, workerUid);
  await chown(path, workerUid, workerUid);
  return {
    path,
    feed: (files, signal, onBytes) => feed(join(path, names.seed), files, signal, onBytes),
    take: (bytes) => take(join(path, names.image), bytes),
    moveTo: (to) => rename(join(path, names.image), to),
    close: () => rm(path, { recursive: true, force: true }),
  };
}

async function feed(
  path: string,
  files: readonly FileHandle[],
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const pipe = await openPipe(path, signal);
  if (pipe === null) return;
  const socket = new Socket({ fd: pipe, readable: false, writable: true });
  const bytes = async function* (): AsyncIterable<Buffer> {
    for (const file of files) {
      const stream = file.createReadStream({ start: 0, autoClose: false, highWaterMark: readBytes });
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        yield chunk;
        onBytes(chunk.length);
      }
    }
  };
  await pipeline(bytes, socket, { signal }).catch((error: NodeJS.ErrnoException) => {
    // Who reads may have all that he wants.
    if (!signal.aborted && error.code !== 'EPIPE') throw error;
  });
}

/** Null when the signal comes first. The directory is zsync's, so what lies there by that name is looked at. */
async function openPipe(path: string, signal: AbortSignal): Promise<number | null> {
  const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  while (!signal.aborted) {
    const fd = openWriter(path, flags);
    if (fd === null) {
      await sleep(lookMs, undefined, { signal }).catch(() => {});
      continue;
    }
    if (fstatSync(fd).isFIFO()) return fd;
    closeSync(fd);
    throw new Error('what zsync reads the old image from is no pipe any more');
  }
  return null;
}

/** Null while nobody reads there. */
function openWriter(path: string, flags: number): number | null {
  try {
    return openSync(path, flags);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENXIO') return null;
    throw error;
  }
}

async function take(path: string, bytes: number): Promise<FileHandle | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch(() => null);
  if (handle === null) return null;
  const found = await handle.stat();
  if (found.isFile() && found.size === bytes && found.nlink === 1 && found.uid === workerUid) {
    await handle.chown(0, 0);
    await handle.chmod(0o600);
    if (await isOurs(handle)) return handle;
  }
  await handle.close();
  return null;
}
