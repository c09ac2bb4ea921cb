/**
 * The directory that a rollout sets entries of a writable layer aside in: what is in it, by the index of the entry, and its lists, each on disk before anything of it is true. Ours alone: no service sees
 * it.
 */
import { lstat, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import {
  asidePath,
  type HostPath,
  type LayerStack,
  type Layout,
  layerPath,
  under,
} from '../../model/index.js';
import { refuseMounted } from './delete-tree.js';

export interface Aside {
  readonly layout: Layout;
  readonly rack: string;
  /** Of the rollout. */
  readonly id: string;
  readonly stack: LayerStack;
}

export function asideDirectory({ layout, rack, id }: Omit<Aside, 'stack'>): HostPath {
  return asidePath(layout, rack, id);
}

/** Where an entry is that was set aside. */
export function keptPath(aside: Omit<Aside, 'stack'>, index: number): HostPath {
  return under(asideDirectory(aside), String(index));
}

/** Where that is, until the entry is set aside, which takes its place. */
export function replacementPath(aside: Omit<Aside, 'stack'>, index: number): HostPath {
  return under(asideDirectory(aside), `${index}.put`);
}

/** Error: E_MOUNTED. */
export async function refuseInUse({ layout, rack, stack }: Aside): Promise<void> {
  await refuseMounted(layerPath(layout, rack, stack.layer), {
    rack,
    verb: 'move',
    what: `entries of the writable layer of "${rack}"`,
    hint: 'it is tried again at the next pass',
  });
}

/** Null when there is none. `T` is trusted: ours alone can write there. */
export async function readList<T>(directory: HostPath, name: string): Promise<T | null> {
  const text = await readFile(under(directory, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as T);
}

/** It is on disk when it resolves, in a directory that is, with all that is in it by then. */
export async function writeList(directory: HostPath, name: string, list: object): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = under(directory, name);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(list));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  for (const made of [directory, dirname(directory), dirname(dirname(directory))]) {
    const held = await open(made, 'r');
    await held.sync().finally(() => held.close());
  }
}

export async function exists(path: string | Buffer): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
