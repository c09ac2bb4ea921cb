/**
 * A download that is under way: `<sha256>.partial` and, beside it, what the server called that content (its ETag). Whatever happens to this process, what is there is a
 * beginning that can be gone on from, or is found to be wrong when the whole is hashed, and begun anew.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Longer ones are no ETag of ours. */
const noteBytes = 1_024;
/** A download that nobody has gone on with for a week is not wanted any more, ms. */
const staleMs = 7 * 86_400_000;

/** Where a delta of the image that is downloaded to `path` is worked on: beside it. */
export function workroomPath(path: string): string {
  return `${path.replace(/\.partial$/, '')}.delta`;
}

export interface Partial {
  readonly path: string;
  readonly handle: FileHandle;
  /** What `If-Range` is to be asked with, or null. */
  validator(): Promise<string | null>;
  /** Empty from now on, and of this content. */
  restart(validator: string | null): Promise<void>;
  close(): Promise<void>;
  /** Closed and gone. */
  discard(): Promise<void>;
}

/** Opened or made, root's and 0600. */
export async function openPartial(path: string): Promise<Partial> {
  const notePath = `${path}.etag`;
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  return {
    path,
    handle,
    validator: async () => {
      const text = await readFile(notePath, 'latin1').catch(() => '');
      return text !== '' && text.length <= noteBytes ? text : null;
    },
    restart: async (validator) => {
      // First the note goes, so that an old one is never beside new bytes.
      await rm(notePath, { force: true });
      await handle.truncate(0);
      if (validator !== null) await writeFile(notePath, validator, { encoding: 'latin1', mode: 0o600 });
    },
    close: () => handle.close(),
    discard: async () => {
      await handle.close();
      await discardPartial(path);
    },
  };
}

/** Nothing of the download is left, nor of what a process that died compared for it. */
export async function discardPartial(path: string): Promise<void> {
  await rm(workroomPath(path), { recursive: true, force: true });
  await rm(`${path}.etag`, { force: true });
  await rm(path, { force: true });
}

/** Downloads in a directory that were left for good are gone, and notes without a download. Never throws. */
export async function sweepPartials(directory: string, nowMs: number): Promise<void> {
  const names: readonly string[] = await readdir(directory).catch(() => []);
  for (const name of names.filter((each) => /^[0-9a-f]{64}\.partial$/.test(each))) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && nowMs - found.mtimeMs > staleMs) await discardPartial(path).catch(() => {});
  }
  for (const name of names.filter((each) => /^[0-9a-f]{64}\.partial\.etag$/.test(each)))
    if (!names.includes(name.slice(0, -'.etag'.length))) await rm(join(directory, name)).catch(() => {});
}
