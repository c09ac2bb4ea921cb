/**
 * The mirror as a directory: is it there and whole on the outside, is it ours alone, are stale locks in it?
 * Touches only the mirror and its temporary names beside it; knows no Git command.
 */
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type HostPath, hostPath, RackError } from '../model/index.js';
import { markedProcesses } from './children.js';

/** The state directory is root's and 0700; a mirror that others could write to would run their configuration. */
export async function ensureParent(mirror: HostPath): Promise<void> {
  const parent = dirname(mirror);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  for (const path of [parent, mirror]) {
    const found = await lstat(path).catch(() => null);
    if (found === null) continue;
    const own = process.geteuid?.() ?? 0;
    if (!found.isDirectory() || found.uid !== own) {
      throw new RackError(
        'E_STATE',
        `cannot use Git mirror directory "${path}": it is not a directory of root`,
        {
          hint: `move it away, or chown root:root ${path} && chmod 700 ${path}`,
        },
      );
    }
    if ((found.mode & 0o022) !== 0 || (path === mirror && (found.mode & 0o077) !== 0))
      await chmod(path, 0o700);
  }
}

/** True when the directory looks like a finished repository from outside. */
export async function looksWhole(mirror: HostPath): Promise<boolean> {
  const [head, objects, refs] = await Promise.all([
    readFile(join(mirror, 'HEAD'), 'utf8').catch(() => ''),
    stat(join(mirror, 'objects')).catch(() => null),
    stat(join(mirror, 'refs')).catch(() => null),
  ]);
  return head.startsWith('ref: ') && objects?.isDirectory() === true && refs?.isDirectory() === true;
}

/** Writes a file unless it has this content already (a pass without work writes nothing). */
export async function writeIfChanged(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) === content) return;
  await writeFile(`${path}.new`, content, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** A new name beside the mirror for one in the making; the owner's pid is in it. */
export function makingPath(mirror: HostPath): HostPath {
  return hostPath(`${mirror}.making-${process.pid}`);
}

/** Puts the finished directory in the mirror's place: two renames, then the old one is deleted. */
export async function replaceMirror(making: HostPath, mirror: HostPath): Promise<void> {
  const old = `${mirror}.old-${process.pid}`;
  await rm(old, { recursive: true, force: true });
  await rename(mirror, old).catch((error: unknown) => {
    if (!isCode(error, 'ENOENT')) throw error;
  });
  await rename(making, mirror);
  await rm(old, { recursive: true, force: true });
}

/** Mirrors in the making or half replaced, and keys of a check of signatures, of a rackops that no longer lives, are deleted. */
export async function sweepBeside(mirror: HostPath): Promise<void> {
  const prefix = `${mirror.slice(mirror.lastIndexOf('/') + 1)}.`;
  for (const name of await readdir(dirname(mirror))) {
    const pid = name.startsWith(prefix) ? /\.(?:making|old|keys)-(\d+)$/.exec(name)?.[1] : undefined;
    if (pid === undefined || (Number(pid) !== process.pid && (await isRunning(Number(pid))))) continue;
    await rm(join(dirname(mirror), name), { recursive: true, force: true });
  }
}

/** Lock files in the mirror, absolute paths. Object directories have none that matter and are not walked. */
export async function lockFiles(mirror: HostPath): Promise<readonly string[]> {
  const found: string[] = [];
  async function walk(directory: string, depth: number): Promise<void> {
    for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (depth < 8 && !/\/objects\/[0-9a-f]{2}$/.test(path)) await walk(path, depth + 1);
      } else if (entry.name.endsWith('.lock')) found.push(path);
    }
  }
  await walk(mirror, 0);
  return found;
}

/** Pid of a Git process that changes this mirror now, or null. */
export async function liveGit(mirror: HostPath): Promise<number | null> {
  const writers = (await markedProcesses(`${mirror}:`)).filter(({ writes }) => writes);
  return writers[0]?.pid ?? null;
}

/** Removes lock files older than `before` (ms since the epoch) when no Git works on the mirror; returns their names in the mirror. */
export async function removeStaleLocks(mirror: HostPath, before: number): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const path of await lockFiles(mirror)) {
    const found = await lstat(path).catch(() => null);
    if (found === null || found.mtimeMs >= before || (await liveGit(mirror)) !== null) continue;
    await unlink(path).catch(() => {});
    removed.push(path.slice(mirror.length + 1));
  }
  return removed;
}

/** Remains of fetches that were killed are deleted when no Git works on the mirror. */
export async function removeTornPacks(mirror: HostPath): Promise<void> {
  const directory = join(mirror, 'objects', 'pack');
  const torn = (await readdir(directory).catch(() => [])).filter((name) => /^(?:tmp_|\.tmp-)/.test(name));
  if (torn.length === 0 || (await liveGit(mirror)) !== null) return;
  for (const name of torn) await unlink(join(directory, name)).catch(() => {});
}

/** Packs in the mirror. */
export async function packCount(mirror: HostPath): Promise<number> {
  const names = await readdir(join(mirror, 'objects', 'pack')).catch(() => []);
  return names.filter((name) => name.endsWith('.pack')).length;
}

async function isRunning(pid: number): Promise<boolean> {
  return (await stat(`/proc/${pid}`).catch(() => null)) !== null;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
