/** Contents of the `files` of definitions, readable without the lock: they never change under their name, and are checked against it. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '../lib/index.js';
import { type HostPath, RackError } from '../model/index.js';
import { stateError, writeDurably } from './atomic.js';

/** Error: E_STATE when it is not there or damaged. */
export async function readBlob(directory: HostPath, sha256: string): Promise<Uint8Array> {
  const path = join(directory, 'blobs', sha256);
  let content: Uint8Array;
  try {
    content = await readFile(path);
  } catch (error) {
    throw await stateError(`read "${path}"`, error, directory);
  }
  if (sha256Hex(content) === sha256) return content;
  throw new RackError('E_STATE', `cannot use "${path}": it is damaged`, {
    hint: 'check the disk; it is written anew with the next rollout of the rack',
  });
}

/** Durable when it returns; one that is there and whole is left, a damaged one is replaced. */
export async function writeBlob(directory: string, sha256: string, content: Uint8Array): Promise<void> {
  const path = join(directory, 'blobs', sha256);
  const present = await readFile(path).catch(() => null);
  if (present !== null && sha256Hex(present) === sha256) return;
  await writeDurably(path, content, false);
}

/** All but `used` are gone. */
export async function sweepBlobs(directory: string, used: ReadonlySet<string>): Promise<void> {
  const folder = join(directory, 'blobs');
  for (const name of await readdir(folder)) {
    if (!used.has(name)) await rm(join(folder, name), { force: true });
  }
}
