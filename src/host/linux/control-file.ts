/** The control file beside an image, by zsyncmake: with it a host that has an older image downloads only what is not in there. It says nothing of where or when it was made but the time. */
import { RackError } from '../../model/index.js';
import type { ControlRequest } from '../image-packing.js';
import { streamProgram } from './streamed-program.js';

/** It reads the image once. */
const deadlineMs = 3_600_000;

/** Pure: the arguments of zsyncmake. */
export function controlArguments({ image, target, name }: ControlRequest): readonly string[] {
  // Never looks into something compressed, as it would into a .gz; the image lies beside the control file, wherever that is.
  return ['-Z', '-f', name, '-u', name, '-o', target, image];
}

/** As of `ImagePacking.control`. */
export async function makeControlFile(request: ControlRequest): Promise<void> {
  const { signal } = request;
  const result = await streamProgram('zsyncmake', controlArguments(request), {
    timeoutMs: deadlineMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.exitCode === 0) return;
  throw new RackError('E_IMAGE_PACK', `cannot make the control file of zsync: ${result.explain}`, {
    hint: 'see its message; the image can be made without --zsync',
  });
}
