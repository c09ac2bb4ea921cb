/**
 * A tree becomes a squashfs image, by mksquashfs. Equal trees give equal bytes: entries in the order of their names, no trace of the machine or the moment. Never appends, as mksquashfs does
 * to a file that is there.
 */
import { stat } from 'node:fs/promises';
import { RackError } from '../../model/index.js';
import type { SquashRequest } from '../image-packing.js';
import { streamBound } from './bound-program.js';
import { diskFull, saysFull } from './disk-full.js';

/** A tree of 100 GB on a slow disk. */
const deadlineMs = 4 * 3_600_000;
const toldEveryMs = 1_000;

/** Measured: 64 to 128 KiB blocks read fast at random, larger ones and xz many times slower. Level 9 takes a fifth of the time of mksquashfs's own 15 for a sixteenth more bytes. */
const format = ['-comp', 'zstd', '-Xcompression-level', '9', '-b', '128K'];

/** Pure: the arguments of mksquashfs. */
export function squashArguments({ tree, target, timeSeconds }: SquashRequest): readonly string[] {
  return [
    tree,
    target,
    '-noappend',
    '-no-progress',
    '-quiet',
    // What it cannot read it would leave out, and end well.
    '-exit-on-error',
    ...format,
    '-mkfs-time',
    String(timeSeconds),
  ];
}

/** As of `ImagePacking.squash`. */
export async function squash(request: SquashRequest): Promise<void> {
  const { target, signal, onWritten = () => {} } = request;
  // It draws its progress on terminals only.
  const timer = setInterval(() => {
    stat(target).then(
      ({ size }) => onWritten(size),
      () => {},
    );
  }, toldEveryMs);
  try {
    const result = await streamBound('mksquashfs', squashArguments(request), {
      timeoutMs: deadlineMs,
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.exitCode === 0) return;
    const message = `cannot pack the image: ${result.explain}`;
    if (saysFull(result.tail)) throw diskFull(message, '--out');
    throw new RackError('E_IMAGE_PACK', message, { hint: 'see its message' });
  } finally {
    clearInterval(timer);
  }
}
