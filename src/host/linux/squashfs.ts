/** Looks at the first bytes of an image before the kernel does: a squashfs, whole, of the version that we mount. */
import type { FileHandle } from 'node:fs/promises';
import { RackError } from '../../model/index.js';

const superblockBytes = 96;
const magic = 0x73717368;

/** Other things that end up under the name of an image. */
const lookAlikes: readonly (readonly [string, string])[] = [
  ['3c', 'HTML or XML'],
  ['504b0304', 'a zip archive'],
  ['1f8b', 'a gzip file'],
  ['28b52ffd', 'a zstd file'],
  ['fd377a58', 'an xz file'],
  ['7f454c46', 'an ELF program'],
];

/** Errors: E_IMAGE_FORMAT (something else), E_IMAGE_SIZE (cut off). */
export async function checkSquashfs(handle: FileHandle, name: string): Promise<void> {
  const block = Buffer.alloc(superblockBytes);
  const { bytesRead } = await handle.read(block, 0, superblockBytes, 0);
  if (bytesRead < superblockBytes || block.readUInt32LE(0) !== magic) {
    const start = block.subarray(0, 4).toString('hex');
    const known = lookAlikes.find(([prefix]) => start.startsWith(prefix));
    const what = known === undefined ? '' : `, which looks like ${known[1]}`;
    throw new RackError(
      'E_IMAGE_FORMAT',
      `cannot use "${name}": no squashfs, it begins with ${start}${what}`,
      {
        hint: 'build it with mksquashfs',
      },
    );
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
