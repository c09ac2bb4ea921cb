/**
 * Reads from a new version what its predecessor has in memory: the programs and libraries that are mapped. The first start from a freshly mounted image otherwise
 * waits for each of their pages to be unpacked, while nobody serves. Saves time only: whatever fails is left cold.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { O_PATH, openHeld, openInRoot } from '../../kernel/index.js';

/** More than this is no program, and reading it would take longer than it saves. Bytes. */
const limitBytes = 128 * 1_048_576;
const chunkBytes = 1_048_576;

/** `root`: host path of the new tree; links in it are followed within it. */
export async function warmFromRunning(root: string, pids: ReadonlySet<number>): Promise<void> {
  const paths = new Set([...pids].flatMap((pid) => mappedFiles(pid)));
  if (paths.size === 0) return;
  const rootFd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let left = limitBytes;
    for (const path of paths) left = await readThrough(rootFd, path, buffer, left);
  } finally {
    closeSync(rootFd);
  }
}

/** Files that the process executes from, as it names them; empty when it is gone. */
function mappedFiles(pid: number): readonly string[] {
  try {
    return executables(readFileSync(`/proc/${pid}/maps`, 'utf8'));
  } catch {
    return [];
  }
}

/** From the text of /proc/PID/maps: paths of mappings that can be executed, each once. Pure. */
export function executables(maps: string): readonly string[] {
  const found = new Set<string>();
  for (const line of maps.split('\n')) {
    const path = /^\S+ ..x. \S+ \S+ \d+ +(\/.*)$/.exec(line)?.[1];
    if (path !== undefined && !path.endsWith(' (deleted)')) found.add(path);
  }
  return [...found];
}

/** Bytes that may still be read afterwards. Only a file is opened: in the new tree a pipe or a device may be at the path. */
async function readThrough(rootFd: number, path: string, buffer: Buffer, left: number): Promise<number> {
  let rest = left;
  try {
    const fd = openInRoot(rootFd, path, O_PATH);
    try {
      if (!fstatSync(fd).isFile()) return left;
      const file = await openHeld(fd);
      try {
        while (rest > 0) {
          const { bytesRead } = await file.read(buffer, 0, chunkBytes);
          if (bytesRead === 0) break;
          rest -= bytesRead;
        }
      } finally {
        await file.close();
      }
    } finally {
      closeSync(fd);
    }
  } catch {
    // Left cold.
  }
  return rest;
}
