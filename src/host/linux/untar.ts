/**
 * An archive of the context becomes a tree. The archive is copied while it is hashed, so that what was checked is what is unpacked. GNU tar strips a leading slash, refuses `..` and makes
 * links that lead out only when everything else is there; device nodes are taken out by whoever cleans the tree.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type HostPath, RackError, under } from '../../model/index.js';
import type { BuildWatch } from '../image-building.js';
import { streamBound } from './bound-program.js';
import { findInContext, noSource } from './build-context.js';
import { asFull, diskFull, saysFull } from './disk-full.js';

const deadlineMs = 2 * 3_600_000;
const chunkBytes = 1_048_576;

/** As of `ImageBuilding.untar`. */
export async function untar(
  archive: { readonly context: HostPath; readonly file: string; readonly sha256: string },
  tree: HostPath,
  scratch: HostPath,
  watch: BuildWatch,
): Promise<void> {
  const found = await findInContext(archive.context, archive.file);
  if (found === null) throw noSource(archive.file, 'it is not there');
  const copy = under(scratch, 'archive');
  watch.progress(`checking ${archive.file}`);
  const sha256 = await copyHashed(found, copy, archive.file, watch.signal);
  if (sha256 !== archive.sha256) {
    const message = `cannot use "${archive.file}": want sha256 ${archive.sha256}, got ${sha256}`;
    throw new RackError('E_IMAGE_DIGEST', message, { hint: 'get the right file, or correct sha256' });
  }
  watch.progress(`unpacking ${archive.file}`);
  const result = await streamBound('tar', untarArguments(copy, tree), {
    timeoutMs: deadlineMs,
    ...(watch.signal === undefined ? {} : { signal: watch.signal }),
  });
  if (result.exitCode === 0) return;
  const message = `cannot unpack "${archive.file}": ${result.explain}`;
  if (saysFull(result.tail)) throw diskFull(message, '--scratch');
  throw new RackError('E_IMAGE_BASE', message, { hint: 'see its message' });
}

/** Pure: the arguments of tar. Attributes that only an overlay may write, or another kernel's labels, are not taken. */
export function untarArguments(archive: string, tree: string): readonly string[] {
  return [
    '--extract',
    `--file=${archive}`,
    `--directory=${tree}`,
    '--preserve-permissions',
    '--same-owner',
    '--numeric-owner',
    '--delay-directory-restore',
    '--xattrs',
    '--xattrs-include=security.capability',
    '--xattrs-include=user.*',
    // The runtime makes them. Anchored: not what is in other directories of that name.
    '--anchored',
    '--exclude=./dev/*',
    '--exclude=dev/*',
  ];
}

/** The sha256 of the copy. Error: E_IMAGE_SOURCE for what is no regular file. */
async function copyHashed(from: HostPath, to: HostPath, name: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await source.stat()).isFile()) throw noSource(name, 'it is no regular file');
    const target = await open(to, 'wx', 0o600);
    try {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead } = await source.read(chunk, 0, chunkBytes, null);
        if (bytesRead === 0) return hash.digest('hex');
        hash.update(chunk.subarray(0, bytesRead));
        await target.writeFile(chunk.subarray(0, bytesRead));
      }
    } catch (error) {
      throw asFull(error, `cannot copy "${name}"`);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
