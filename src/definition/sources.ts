/** Which entries of the repository do a rack's files come from? From the repository's root first, then beside the definition. Reads no content. */
import { didYouMean } from '../lib/index.js';
import { quoted, shown } from './finding.js';
import { maxSourceBytes } from './limits.js';
import type { FileSource, RepositoryEntry, ValidFile } from './set.js';
import { grouped } from './text.js';

export interface Repository {
  get(path: string): RepositoryEntry | undefined;
  paths(): Iterable<string>;
}

/** Sets `sources` of the file, or adds findings. */
export function resolveSources(file: ValidFile, repository: Repository): void {
  const sources: FileSource[] = [];
  for (const [index, { source }] of (file.rack.files ?? []).entries()) {
    const pointer = `/files/${index}/source`;
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    const path = [source, folder + source].find((candidate) => repository.get(candidate) !== undefined);
    const entry = path === undefined ? undefined : repository.get(path);
    if (path === undefined || entry === undefined) {
      missing(file, pointer, source, repository);
    } else if (!isRegular(entry.mode)) {
      const { message, hint } = modeFault(path, entry.mode);
      file.report(pointer, 'E_GIT_MODE', message, hint);
    } else if ((entry.sizeBytes ?? 0) > maxSourceBytes) {
      const message = `${quoted(path)} has ${grouped(entry.sizeBytes ?? 0)} bytes > ${grouped(maxSourceBytes)} bytes`;
      file.report(pointer, 'E_FILE_TOO_LARGE', message, 'put large files into the image');
    } else {
      sources.push({ source, path, oid: entry.oid });
    }
  }
  file.sources = sources;
}

export function isRegular(mode: string): boolean {
  return mode === '100644' || mode === '100755';
}

/** Words for an entry that is no regular file. */
export function modeFault(path: string, mode: string): { readonly message: string; readonly hint: string } {
  const kind = mode === '120000' ? 'symbolic link' : mode === '160000' ? 'submodule' : 'not a regular file';
  return {
    message: `${quoted(path)} has mode ${mode} (${kind})`,
    hint: 'commit a regular file: links are never followed',
  };
}

function missing(file: ValidFile, pointer: string, source: string, repository: Repository): void {
  const wanted = `${source}/`;
  for (const path of repository.paths()) {
    if (!path.startsWith(wanted)) continue;
    file.report(pointer, 'E_FILE_SOURCE', `${quoted(source)} is a folder`, 'name each file of it');
    return;
  }
  const base = source.slice(source.lastIndexOf('/') + 1);
  const near = didYouMean(source, nearby(repository, base));
  const hint =
    near === null ? 'commit it in the same revision, or correct the path' : `did you mean "${shown(near)}"?`;
  file.report(pointer, 'E_FILE_SOURCE', `${quoted(source)} is not in the repository`, hint);
}

/** Paths worth comparing: the edit distance to all of a large repository would take seconds. */
function nearby(repository: Repository, base: string): readonly string[] {
  const found: string[] = [];
  for (const path of repository.paths()) {
    const other = path.slice(path.lastIndexOf('/') + 1);
    if (Math.abs(other.length - base.length) <= 2 && found.length < 200) found.push(path);
  }
  return found;
}
