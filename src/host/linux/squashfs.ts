/** Looks at the first bytes of an image before the kernel does: a squashfs, whole, of the version that we mount. */
import type { FileHandle } from 'node:fs/promises';
import { RackError } from '../../model/index.js';
import { whileReading } from './image-file.js';

const superblockBytes = 96;
const magic = 0x73717368;

/** Enough to know everything below by. */
const headBytes = 34_000;

/** Other things that end up under the name of an image: what, where in the file, which bytes (latin1). */
const lookAlikes: readonly (readonly [string, number, string])[] = [
  ['HTML or XML', 0, '<'],
  ['a Git LFS pointer, not the content', 0, 'version https://git-lfs'],
  ['a zip archive', 0, 'PK\x03\x04'],
  ['a gzip file', 0, '\x1f\x8b'],
  ['a zstd file', 0, '\x28\xb5\x2f\xfd'],
  ['an xz file', 0, '\xfd7zXZ'],
  ['an ELF program', 0, '\x7fELF'],
  ['an erofs image', 1_024, '\xe2\xe1\xf5\xe0'],
  ['an ext4 file system', 1_080, '\x53\xef'],
  ['a tar archive', 257, 'ustar'],
  ['a CD image (ISO 9660)', 32_769, 'CD001'],
];

/** Errors: E_IMAGE_FORMAT (something else), E_IMAGE_SIZE (cut off), E_IMAGE_DAMAGED (cannot be read). */
export async function checkSquashfs(handle: FileHandle, name: string): Promise<void> {
  const head = Buffer.alloc(headBytes);
  const { bytesRead } = await whileReading(handle, () => handle.read(head, 0, headBytes, 0));
  const block = head.subarray(0, bytesRead);
  const fault = squashfsFault(block);
  if (fault !== null) {
    throw new RackError('E_IMAGE_FORMAT', `cannot use "${name}": ${fault}`, {
      hint: 'build it with mksquashfs',
    });
  }
  const major = block.readUInt16LE(28);
  if (major !== 4) {
    throw new RackError('E_IMAGE_FORMAT', `cannot use "${name}": squashfs version ${major}, want 4`, {
      hint: 'build it with a current mksquashfs',
    });
  }
  const bytesUsed = block.readBigUInt64LE(40);
  const size = BigInt((await handle.stat()).size);
  if (bytesUsed > size) {
    throw new RackError('E_IMAGE_SIZE', `cannot use "${name}": ${size} bytes, its header says ${bytesUsed}`, {
      hint: 'it was cut off: copy it again',
    });
  }
}

/** Why these first bytes of a file are not those of a squashfs, null when they may be. Pure. */
export function squashfsFault(head: Buffer): string | null {
  const isSquashfs = head.length >= superblockBytes && head.readUInt32LE(0) === magic;
  return isSquashfs ? null : `no squashfs, ${lookOf(head)}`;
}

/** Bytes of the file system as its header says; 0 when the file has no such header. Reads. */
export async function squashfsBytes(handle: FileHandle): Promise<number> {
  const head = Buffer.alloc(superblockBytes);
  const { bytesRead } = await handle.read(head, 0, superblockBytes, 0);
  return squashfsFault(head.subarray(0, bytesRead)) === null ? Number(head.readBigUInt64LE(40)) : 0;
}

/** For people: what the bytes look like, or how they begin. */
function lookOf(block: Buffer): string {
  if (block.length === 0) return 'the file is empty';
  const begins = `it begins with ${block.subarray(0, 4).toString('hex')}`;
  const text = block.toString('latin1');
  const known = lookAlikes.find(([, offset, bytes]) => text.startsWith(bytes, offset));
  return known === undefined ? begins : `${begins}, which looks like ${known[0]}`;
}
