/**
 * A program as a sealed file in memory. An OCI runtime must not be written to by a container that it starts (CVE-2019-5736), so crun and runc copy themselves into such a file at every start and
 * execute themselves once more from there, unless that is what they run from already.
 */
import { closeSync, readSync, writeSync } from 'node:fs';
import { fcntl } from './fcntl.js';
import { bind, isKernelError } from './libc.js';

const memfdCreateCall = bind('memfd_create', 'int memfd_create(const char *name, uint flags)');

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
/** Since Linux 6.3, where a sysctl may make files in memory not executable otherwise. */
const MFD_EXEC = 0x10;
const F_ADD_SEALS = 1_033;
/** Nobody seals otherwise, shrinks, grows or writes it. */
const allSeals = 0x1 | 0x2 | 0x4 | 0x8;
const chunkBytes = 262_144;

/**
 * Descriptor of a copy of the file behind `source`, whose position is at its end then; close-on-exec, its memory is free when it is closed. It is executed by its `heldPath`. Errors: KernelError
 * (ENOSYS, EPERM …), Node's own when the file cannot be read.
 */
export function sealedCopy(source: number, name: string): number {
  const fd = memfd(name);
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (let bytes = readSync(source, chunk); bytes > 0; bytes = readSync(source, chunk)) {
      for (let written = 0; written < bytes; ) written += writeSync(fd, chunk, written, bytes - written);
    }
    fcntl(name, fd, F_ADD_SEALS, allSeals);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function memfd(name: string): number {
  const flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  try {
    return memfdCreateCall.now(name, name, flags | MFD_EXEC);
  } catch (error) {
    if (!isKernelError(error, 'EINVAL')) throw error;
    return memfdCreateCall.now(name, name, flags);
  }
}
