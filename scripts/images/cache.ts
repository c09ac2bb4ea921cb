/**
 * The cache of built things: `.cache/images` in the checkout, or below RACKOPS_CACHE. An entry's name carries the hash of its recipe, so that a
 * changed recipe never meets an old entry. An entry appears whole or not at all (rename), and two processes never build the same one twice.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Host path of the cache directory. */
export function cacheDirectory(): string {
  const base = process.env.RACKOPS_CACHE ?? fileURLToPath(new URL('../../.cache', import.meta.url));
  return join(base, 'images');
}

/** 16 hex digits for a recipe: any JSON value, written by us with a fixed order of keys. */
export function recipeKey(recipe: unknown): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16);
}

/**
 * Path of the entry `name`; when it is not there, `build` makes it in a scratch directory and returns the path of the file or directory that
 * becomes the entry. A failed build leaves nothing.
 */
export async function cached(name: string, build: (scratch: string) => Promise<string>): Promise<string> {
  const directory = cacheDirectory();
  const entry = join(directory, name);
  if (existsSync(entry)) return entry;
  await mkdir(directory, { recursive: true });
  const unlock = await lock(`${entry}.lock`);
  try {
    if (existsSync(entry)) return entry;
    const scratch = await mkdtemp(join(directory, '.scratch-'));
    try {
      await rename(await build(scratch), entry);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    return entry;
  } finally {
    await unlock();
  }
}

/** A file that only its maker removes, with the maker's pid in it; that of a dead process counts as none. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    const handle = await open(path, 'wx').catch(() => null);
    if (handle !== null) {
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(path, { force: true });
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (holder > 0 && !existsSync(`/proc/${holder}`)) await rm(path, { force: true });
    await sleep(100);
  }
}
