/** Contents of the `files` of definitions, readable without the lock: they never change under their name. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostPath } from '../model/index.js';
import { stateError } from './atomic.js';

/** Error: E_STATE when it is not there. */
export async function readBlob(directory: HostPath, sha256: string): Promise<Uint8Array> {
  const path = join(directory, 'blobs', sha256);
  return readFile(path).catch((error: unknown) => {
    throw stateError(`read "${path}"`, error);
  });
}
