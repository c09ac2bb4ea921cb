/**
 * A program as a sealed file in memory. An OCI runtime must not be written to by a container that it starts (CVE-2019-5736), so it copies itself into such a file at every start and executes
 * itself once more from there, unless that is what it runs from already.
 */
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { bind, isKernelError } from './libc.js';

const memfdCreateCall = bind('memfd_create', 'int memfd_create(const char *name, uint flags)');
const fcntlCall = bind('fcntl', 'int fcntl(int fd, int command, int argument)');

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
/** Since Linux 6.3, where a sysctl may make files in memory not executable otherwise. */
const MFD_EXEC = 0x10;
const F_ADD_SEALS = 1_033;
/** Nobody seals otherwise, shrinks, grows or writes it. */
const allSeals = 0x1 | 0x2 | 0x4 | 0x8;

/** Descriptor of the copy, close-on-exec; its memory is free when it is closed. To execute it: `sealedPath`. Errors: KernelError (ENOSYS, EPERM …), Node's own for a file that cannot be read. */
export function sealedCopy(path: string): number {
  const content = readFileSync(path);
  const fd = memfd(path);
  try {
    for (let written = 0; written < content.length; ) written += writeSync(fd, content, written);
    fcntlCall.now(path, fd, F_ADD_SEALS, allSeals);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Where a process that inherits the descriptor, or is about to, finds the program. */
export function sealedPath(fd: number): string {
  return `/proc/self/fd/${fd}`;
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
