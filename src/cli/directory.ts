/** Reads a local directory as if it were a revision, for `validate DIR`. Follows no symbolic link. */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDefinitionName, isDefinitionPath, saysRecipe } from '../definition/index.js';
import { RackError } from '../model/index.js';
import type { TreeEntry } from '../source/index.js';

export interface DirectoryTree {
  readonly entries: readonly TreeEntry[];
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  readonly repository: ReadonlyMap<string, TreeEntry>;
  /** Contents by path of the files that say that they are recipes of images, wherever they are. */
  readonly recipes: ReadonlyMap<string, Uint8Array>;
  /** Folder with the definitions, relative to the directory that was read. */
  readonly path: string;
}

/** More than this is no repository of definitions but somebody's home directory. */
const entryLimit = 100_000;
const skipped = new Set(['.git', 'node_modules']);

/** `dir` is a repository with `racks/`, or the folder of definitions itself. Errors: E_USAGE when there is neither. */
export async function readDirectory(dir: string): Promise<DirectoryTree> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw new RackError('E_USAGE', `cannot read the directory "${dir}"`, {
      cause,
      hint: 'name a directory with a folder racks/',
    });
  });
  const isFolder = !names.includes('racks');
  if (isFolder && !names.some(isDefinitionName)) {
    throw new RackError('E_USAGE', `cannot find definitions in "${dir}"`, {
      hint: 'name a directory with a folder racks/, or that folder',
    });
  }
  const path = isFolder ? basename(join(process.cwd(), dir)) : 'racks';
  const found: Found = { tree: [], blobs: new Map(), recipes: new Map() };
  await walk(isFolder ? join(dir) : dir, isFolder ? path : '', found, path);
  const { tree, blobs, recipes } = found;
  const repository = new Map(tree.map((entry) => [entry.path, entry]));
  const entries = tree.filter((entry) => isDefinitionPath(entry.path, path));
  return { entries, blobs, repository, recipes, path };
}

interface Found {
  readonly tree: TreeEntry[];
  readonly blobs: Map<string, Uint8Array>;
  readonly recipes: Map<string, Uint8Array>;
}

async function walk(directory: string, prefix: string, found: Found, definitions: string): Promise<void> {
  const { tree, blobs, recipes } = found;
  for (const name of (await readdir(directory)).sort()) {
    if (skipped.has(name)) continue;
    if (tree.length >= entryLimit)
      throw new RackError('E_USAGE', `cannot validate a directory of over ${entryLimit} files`);
    const full = join(directory, name);
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const stat = await lstat(full);
    if (stat.isDirectory()) await walk(full, path, found, definitions);
    else if (stat.isSymbolicLink()) tree.push({ path, mode: '120000', oid: path, sizeBytes: stat.size });
    else if (stat.isFile()) {
      const mode = (stat.mode & 0o100) === 0 ? '100644' : '100755';
      const isDefinition = isDefinitionPath(path, definitions);
      const yaml = isDefinitionName(name) && stat.size <= 1_048_576 ? await readFile(full) : null;
      const content = isDefinition ? yaml : null;
      if (!isDefinition && yaml !== null && saysRecipe(yaml)) recipes.set(path, yaml);
      const oid = content === null ? path : createHash('sha1').update(content).digest('hex');
      if (content !== null) blobs.set(oid, content);
      tree.push({ path, mode, oid, sizeBytes: stat.size });
    }
  }
}
