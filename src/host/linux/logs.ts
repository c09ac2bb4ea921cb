/**
 * Reads the services' output that the keeper collects. Control characters are escaped here, so that no output steers a terminal.
 * Writes nothing, and reads from the end: a log of 10 MiB is not loaded for its last ten lines.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeControl } from '../../lib/index.js';
import { type Layout, serviceLogPath } from '../../model/index.js';

/** The keeper keeps the current file and two older ones. */
const files = ['', '.1', '.2'];
const blockBytes = 64 * 1024;
const followIntervalMs = 200;

/** How far the output had come at a moment: so many bytes of that file. Both 0: there was none. */
export interface LogPlace {
  readonly inode: number;
  readonly position: number;
}

export async function endOfLog(layout: Layout, rack: string, service: string): Promise<LogPlace> {
  const found = await stat(serviceLogPath(layout, rack, service)).catch(() => null);
  return { inode: found?.ino ?? 0, position: found?.size ?? 0 };
}

/** The last `lines` lines before `end`, or now, oldest first: `<ISO time> out|err|sys <text>`. Empty when there is no output yet. */
export async function lastLines(
  layout: Layout,
  rack: string,
  service: string,
  lines: number,
  end: LogPlace | null = null,
): Promise<readonly string[]> {
  const path = serviceLogPath(layout, rack, service);
  let found: readonly string[] = [];
  // Newer files than the one that was written to then are passed over.
  let isThere = end === null;
  for (const suffix of files) {
    if (found.length >= lines) break;
    const handle = await open(`${path}${suffix}`, 'r').catch(() => null);
    if (handle === null) continue;
    try {
      const { ino, size } = await handle.stat();
      const isEnd = end !== null && ino === end.inode;
      isThere ||= isEnd;
      const upTo = isEnd ? Math.min(size, end.position) : size;
      if (isThere) found = [...(await tailOf(handle, upTo, lines - found.length)), ...found];
    } finally {
      await handle.close();
    }
  }
  return found.map(escapeControl);
}

/** Calls `onLine` for each line written from `begin` on, over rotations, until aborted. Resolves then; never throws for a missing file. */
export async function followLines(
  layout: Layout,
  rack: string,
  service: string,
  begin: LogPlace,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const path = serviceLogPath(layout, rack, service);
  let { inode, position } = begin;
  let held = Buffer.alloc(0);
  while (!signal.aborted) {
    const now = await stat(path).catch(() => null);
    if (now !== null && now.ino !== inode && inode !== 0) {
      // Rotated: the rest of the old file comes first. It is `.1` now, unless it was rotated twice in one interval.
      held = await readOn(`${path}.1`, inode, position, held, onLine).then((end) => end.held);
      position = 0;
    }
    if (now !== null) {
      inode = now.ino;
      ({ position, held } = await readOn(path, inode, position, held, onLine));
    }
    await sleep(followIntervalMs, undefined, { signal }).catch(() => {});
  }
}

async function readOn(
  path: string,
  inode: number,
  from: number,
  before: Buffer<ArrayBuffer>,
  onLine: (line: string) => void,
): Promise<{ readonly position: number; readonly held: Buffer<ArrayBuffer> }> {
  const handle = await open(path, 'r').catch(() => null);
  if (handle === null) return { position: from, held: before };
  let position = from;
  let held = before;
  try {
    if ((await handle.stat()).ino !== inode) return { position, held };
    for (;;) {
      const block = Buffer.alloc(blockBytes);
      const { bytesRead } = await handle.read(block, 0, block.length, position);
      if (bytesRead === 0) return { position, held };
      position += bytesRead;
      held = Buffer.concat([held, block.subarray(0, bytesRead)]);
      for (let end = held.indexOf(0x0a); end !== -1; end = held.indexOf(0x0a)) {
        onLine(escapeControl(held.subarray(0, end).toString('utf8')));
        held = held.subarray(end + 1);
      }
    }
  } finally {
    await handle.close();
  }
}

/** The last `lines` lines of the first `bytes` bytes. */
async function tailOf(handle: FileHandle, bytes: number, lines: number): Promise<readonly string[]> {
  let position = bytes;
  let read: Buffer = Buffer.alloc(0);
  // One newline more than lines: the one that ends the line before the first.
  while (position > 0 && count(read) <= lines) {
    const size = Math.min(blockBytes, position);
    position -= size;
    const block = Buffer.alloc(size);
    const { bytesRead } = await handle.read(block, 0, size, position);
    read = Buffer.concat([block.subarray(0, bytesRead), read]);
  }
  const all = read.toString('utf8').split('\n');
  if (all.at(-1) === '') all.pop();
  return all.slice(-lines);
}

function count(bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) found++;
  return found;
}
