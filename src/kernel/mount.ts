/** Mount calls. Never lazy: `MNT_DETACH` is not even named here. */
import { bind } from './libc.js';

const mountCall = bind(
  'mount',
  'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
);
const umountCall = bind('umount2', 'int umount2(const char *target, int flags)');
const syncfsCall = bind('syncfs', 'int syncfs(int fd)');

export const MS_RDONLY = 1;
export const MS_NOSUID = 2;
export const MS_NODEV = 4;
export const MS_NOATIME = 1_024;
export const MS_BIND = 4_096;

/** Follows no symbolic link at the end of the path. */
const UMOUNT_NOFOLLOW = 8;

/** Errors: KernelError with the kernel's code. `data`: options of the file system. */
export async function mount(
  source: string,
  target: string,
  type: string,
  flags: number,
  data: string,
): Promise<void> {
  await mountCall.later(`${type} at ${target}`, source, target, type, flags, data);
}

/** Unmounts what is mounted on top at `target`. EBUSY when it is in use, EINVAL when nothing is mounted there. */
export async function unmount(target: string): Promise<void> {
  await umountCall.later(target, target, UMOUNT_NOFOLLOW);
}

/** Everything dirty of the file system that `fd` is on is on disk. */
export async function syncfs(fd: number): Promise<void> {
  await syncfsCall.later('file system', fd);
}
