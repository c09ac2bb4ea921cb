/** What a failed mount call is to the people who read it. Pure. */
import { KernelError } from '../../kernel/index.js';
import { RackError } from '../../model/index.js';

/** E_MOUNT for something that was seen, not for a failed call. */
export function mountError(message: string, rack?: string): RackError {
  return new RackError('E_MOUNT', message, {
    hint: 'see mount(8) output; rackops doctor checks this host',
    ...(rack === undefined ? {} : { rack }),
  });
}

/** E_MOUNT around a failed call; an error that is one of ours already is left as it is. */
export function explained(error: unknown, what: string, rack?: string): unknown {
  if (error instanceof RackError) return error;
  if (!(error instanceof KernelError) && !(error instanceof Error && 'code' in error)) return error;
  return new RackError('E_MOUNT', `${what}: ${error.message}`, {
    cause: error,
    hint: 'the kernel log (dmesg) may say more',
    ...(rack === undefined ? {} : { rack }),
  });
}

/** For `rmdir`: already gone, or not ours alone. */
export function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error;
}
