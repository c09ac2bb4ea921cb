/** Which blobs are read by one `cat-file` process. Pure. */
import { shorten } from '../lib/index.js';
import type { TreeEntry } from './ports.js';
import { isRevision } from './remote.js';

/** Blobs of one `cat-file` process, so that the output stays well below the runner's limit. Bytes. */
const batchBytes = 24 * 1024 * 1024;
const maxBlobBytes = 1024 * 1024;

/** Object names without repetition, in portions of at most `batchBytes`. */
export function* batchesOf(entries: readonly TreeEntry[]): Generator<readonly string[]> {
  let portion: string[] = [];
  let bytes = 0;
  const seen = new Set<string>();
  for (const { oid, path, sizeBytes } of entries) {
    if (seen.has(oid)) continue;
    if (!isRevision(oid) || sizeBytes === null || sizeBytes > maxBlobBytes) {
      throw new Error(`internal error: not a blob that may be read: ${shorten(path)}`);
    }
    seen.add(oid);
    if (bytes + sizeBytes > batchBytes && portion.length > 0) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(oid);
    bytes += sizeBytes;
  }
  if (portion.length > 0) yield portion;
}
