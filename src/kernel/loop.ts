/**
 * Loop devices, configured in one call from an open descriptor: what was verified is what is attached. Always autoclear: the device goes when its
 * last user does, so a crash between two calls leaves nothing. Numbers from linux/loop.h.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { bind, isKernelError } from './libc.js';

const ioctlNumber = bind('ioctl', 'int ioctl(int fd, unsigned long request, unsigned long argument)');
const ioctlBuffer = bind('ioctl', 'int ioctl(int fd, unsigned long request, uint8_t *argument)');

const mknodCall = bind('mknod', 'int mknod(const char *path, uint mode, unsigned long device)');

const S_IFBLK = 0o060000;
const loopMajor = 7;
const LOOP_CTL_GET_FREE = 0x4c82;
const LOOP_CONFIGURE = 0x4c0a;
const LOOP_GET_STATUS64 = 0x4c05;
const LO_FLAGS_READ_ONLY = 1;
const LO_FLAGS_AUTOCLEAR = 4;
/** struct loop_config: fd u32, block_size u32, struct loop_info64 (232 bytes), reserved u64[8]. */
const configBytes = 304;
/** Offset of lo_flags in loop_config: 8 + 8·6 (device, inode, rdevice, offset, sizelimit, number+encrypt_type) + 4. */
const flagsOffset = 8 + 52;
const nameOffset = 8 + 56;
const nameBytes = 64;

/** Another process may take the free device first: asked again so often. */
const attempts = 50;

export interface LoopDevice {
  readonly number: number;
  /** `/dev/loop7`. */
  readonly path: string;
  /** Keeps the device alive until the mount does; close it after mounting. */
  readonly fd: number;
}

/**
 * Attaches the file behind `fileFd`, read-only unless `writable`. `name` is shown in /sys/block only for people. Errors: KernelError; nothing
 * stays attached.
 */
export function attachLoop(fileFd: number, name: string, writable = false): LoopDevice {
  const control = openSync('/dev/loop-control', constants.O_RDWR);
  try {
    for (let attempt = 1; ; attempt++) {
      const number = ioctlNumber.now('/dev/loop-control', control, LOOP_CTL_GET_FREE, 0);
      const path = `/dev/loop${number}`;
      const fd = openLoop(path, number, writable ? constants.O_RDWR : constants.O_RDONLY);
      try {
        ioctlBuffer.now(`${path} for ${name}`, fd, LOOP_CONFIGURE, loopConfig(fileFd, name, writable));
        return { number, path, fd };
      } catch (error) {
        closeSync(fd);
        if (!isKernelError(error, 'EBUSY') || attempt === attempts) throw error;
      }
    }
  } finally {
    closeSync(control);
  }
}

/** Device and inode of the file that is attached to the loop device at `path`, as stat(2) shows them, also when its name is gone or another file's by now. Error: KernelError (ENXIO: nothing is attached). */
export function loopBacking(path: string): { readonly device: bigint; readonly inode: bigint } {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    const info = Buffer.alloc(configBytes);
    ioctlBuffer.now(path, fd, LOOP_GET_STATUS64, info);
    return { device: info.readBigUInt64LE(0), inode: info.readBigUInt64LE(8) };
  } finally {
    closeSync(fd);
  }
}

/** In a container /dev is a copy from its start: devices that the kernel adds later have no node there, so it is made. */
function openLoop(path: string, number: number, flags: number): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  try {
    mknodCall.now(path, path, S_IFBLK | 0o660, loopMajor * 256 + (number % 256) + (number >> 8) * 1_048_576);
  } catch (error) {
    // Another process, or udev, was quicker.
    if (!isKernelError(error, 'EEXIST')) throw error;
  }
  return openSync(path, flags);
}

function loopConfig(fileFd: number, name: string, writable: boolean): Buffer {
  const config = Buffer.alloc(configBytes);
  config.writeUInt32LE(fileFd, 0);
  config.writeUInt32LE((writable ? 0 : LO_FLAGS_READ_ONLY) | LO_FLAGS_AUTOCLEAR, flagsOffset);
  config.write(name.slice(-(nameBytes - 1)), nameOffset, 'utf8');
  return config;
}
