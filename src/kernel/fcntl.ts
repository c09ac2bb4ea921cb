/** fcntl(2) with a number as its argument: what can be done to an open descriptor. */
import { bind } from './libc.js';

const fcntlCall = bind('fcntl', 'int fcntl(int fd, int command, int argument)');

/** What the command returns. `about` is for the error message. Error: KernelError (EBADF, EINVAL, EPERM …). */
export function fcntl(about: string, fd: number, command: number, argument: number): number {
  return fcntlCall.now(about, fd, command, argument);
}
