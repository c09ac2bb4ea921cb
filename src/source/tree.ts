/**
 * Reads what Git prints about trees and blobs: exact bytes in, values out.
 * Pure; trusts nothing it did not check: every blob must hash to the name it was asked for by.
 */
import { createHash } from 'node:crypto';
import type { TreeEntry } from './ports.js';

/**
 * Output of `ls-tree -r -l -z --full-tree`: entries sorted by path; null when a blob's size cannot be told, because it is missing or
 * damaged. Throws a plain Error on a line it does not know.
 */
export function parseTree(output: string): readonly TreeEntry[] | null {
  const entries: TreeEntry[] = [];
  for (const line of output.split('\0')) {
    if (line === '') continue;
    const match = /^(\d{6}) [a-z]+ ([0-9a-f]{40}) +(\d+|-)\t([\s\S]+)$/.exec(line);
    if (/^\d{6} blob [0-9a-f]{40} +BAD\t/.test(line)) return null;
    if (!match?.[1] || !match[2] || !match[3] || !match[4]) throw new Error('unknown line of git ls-tree');
    entries.push({
      path: match[4],
      mode: match[1],
      oid: match[2],
      sizeBytes: match[3] === '-' ? null : Number(match[3]),
    });
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** What became of the blobs asked for: contents by oid, and the oids that are missing or do not hash to their name. */
export interface BlobBatch {
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly damaged: readonly string[];
}

/**
 * Output of `cat-file --batch` for `oids`. Git checks only a zlib sum when it reads from a pack, so the name is computed again here.
 * A torn output counts the rest as damaged.
 */
export function parseBatch(output: Buffer, oids: readonly string[]): BlobBatch {
  const contents = new Map<string, Uint8Array>();
  let offset = 0;
  while (offset < output.length) {
    const lineEnd = output.indexOf(0x0a, offset);
    if (lineEnd < 0) break;
    const header = output.toString('latin1', offset, lineEnd);
    const match = /^([0-9a-f]{40}) blob (\d+)$/.exec(header);
    offset = lineEnd + 1;
    if (!match?.[1] || !match[2]) continue;
    const size = Number(match[2]);
    const content = output.subarray(offset, offset + size);
    offset += size + 1;
    if (content.length === size && blobOid(content) === match[1])
      contents.set(match[1], Uint8Array.from(content));
  }
  return { contents, damaged: oids.filter((oid) => !contents.has(oid)) };
}

/** Git's name of a blob with this content (sha1), 40 hex digits. */
export function blobOid(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}
