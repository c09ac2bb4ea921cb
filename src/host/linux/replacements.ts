/**
 * Which files take the place of entries that are set aside: remembered with what each was made from, because the service goes on while they are made, and with what each looks like, because the new version
 * may write to it.
 */
import { type BigIntStats, fstatSync } from 'node:fs';
import { lstat, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { under } from '../../model/index.js';
import { type Aside, asideDirectory, readList, replacementPath, writeList } from './aside-directory.js';
import { ignoreMissing } from './mount-errors.js';

const listName = 'replacements.json';

/** A file of a layer as it was: neither content nor face can change without its ctime. */
interface Seen {
  readonly ino: string;
  readonly ctimeNs: string;
}

/** The file in its place, as it was made; a rename changes its ctime. */
interface Put {
  readonly ino: string;
  readonly mtimeNs: string;
  readonly size: string;
}

export interface Replacement {
  readonly seen: Seen;
  readonly put: Put;
}

/** By the index of the drop. */
export type Replacements = Readonly<Record<string, Replacement>>;

type Place = Omit<Aside, 'stack'>;

/** Null until they are all made. */
export async function readReplacements(aside: Place): Promise<Replacements | null> {
  const list = await readList<{ readonly files: Replacements }>(asideDirectory(aside), listName);
  return list?.files ?? null;
}

/** All of them are on disk. */
export async function writeReplacements(aside: Place, files: Replacements): Promise<void> {
  await writeList(asideDirectory(aside), listName, { format: 1, files });
}

/** Those that took no place are gone, then the list: nobody asks again which file is whose. */
export async function forgetReplacements(aside: Place, replacements: Replacements): Promise<void> {
  for (const index of Object.keys(replacements))
    await rm(replacementPath(aside, Number(index)), { force: true });
  await unlink(under(asideDirectory(aside), listName));
}

/** Nothing of them is left, finished or not; what a rollout set aside stays. Nothing of the layer was touched yet, or all of it is back. */
export async function discardReplacements(aside: Place): Promise<void> {
  const directory = asideDirectory(aside);
  const names = await readdir(directory).catch(noneIfMissing);
  for (const name of names) if (ours.test(name)) await rm(under(directory, name), { force: true });
  await rmdir(directory).catch(ignoreMissing);
}

const ours = /^(?:\d+\.put|replacements\.json(?:\.new)?)$/;

function noneIfMissing(error: NodeJS.ErrnoException): readonly string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** Of a held file of the layer, before anything of it is read. */
export function seenOf(fd: number): Seen {
  const { ino, ctimeNs } = fstatSync(fd, { bigint: true });
  return { ino: String(ino), ctimeNs: String(ctimeNs) };
}

/** Of a finished replacement. */
export function putOf({ ino, mtimeNs, size }: BigIntStats): Put {
  return { ino: String(ino), mtimeNs: String(mtimeNs), size: String(size) };
}

/** True for the file that the replacement was made from, unchanged. */
export async function isAsSeen(entry: Buffer, { seen }: Replacement): Promise<boolean> {
  const found = await statOf(entry);
  return found !== null && String(found.ino) === seen.ino && String(found.ctimeNs) === seen.ctimeNs;
}

/** True for the replacement itself, in its place, with nothing written to it since. */
export async function isAsPut(entry: Buffer, { put }: Replacement): Promise<boolean> {
  const found = await statOf(entry);
  if (found === null || !found.isFile()) return false;
  const { ino, mtimeNs, size } = putOf(found);
  return ino === put.ino && mtimeNs === put.mtimeNs && size === put.size;
}

async function statOf(entry: Buffer): Promise<BigIntStats | null> {
  return await lstat(entry, { bigint: true }).catch(() => null);
}
