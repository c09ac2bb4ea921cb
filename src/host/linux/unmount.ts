/** Unmounting what somebody may be passing by: a walk over all files, a container that starts. Never lazy. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isKernelError, unmount } from '../../kernel/index.js';

/** As long as a mount may take to be let go. */
export const letGoMs = 2_000;
const pollMs = 5;

/** Nothing is mounted at the point that was; also when nothing was. `deadline`: of performance.now(). Errors: KernelError, EBUSY when it is held until then. */
export async function unmountInTime(point: string, deadline = performance.now() + letGoMs): Promise<void> {
  for (;;) {
    try {
      return await unmount(point);
    } catch (error) {
      if (isKernelError(error, 'EINVAL', 'ENOENT')) return;
      if (!isKernelError(error, 'EBUSY') || performance.now() > deadline) throw error;
      await sleep(pollMs);
    }
  }
}

/** Runs `work` on something that is mounted, then `unmounting` whatever came of it. The error of `work` is the one that counts: what stays mounted then is found by its name. */
export async function thenUnmount(work: () => Promise<void>, unmounting: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await unmounting().catch(() => {});
    throw error;
  }
  await unmounting();
}
