/**
 * How system calls are made: libc through koffi, loaded once, errors as `KernelError`. Calls that may block are given to the thread pool.
 * Only this folder knows koffi; nothing here decides anything.
 */
import { constants } from 'node:os';
import koffi from 'koffi';

/** The one that Node itself runs with: its file has another name with musl than with glibc. */
const libc = koffi.load(null);

/** EAGAIN and EWOULDBLOCK are one number: the first name counts. */
const errnoNames = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** A failed system call: `code` is the errno's name (`EBUSY`), `message` names the call and what it was about. */
export class KernelError extends Error {
  readonly code: string;
  readonly syscall: string;

  constructor(syscall: string, errno: number, about: string) {
    const code = errnoNames.get(errno) ?? `errno ${errno}`;
    super(`${syscall} ${about}: ${code}`);
    this.name = 'KernelError';
    this.code = code;
    this.syscall = syscall;
  }
}

/** True for a `KernelError` with one of these errno names. */
export function isKernelError(error: unknown, ...names: readonly string[]): error is KernelError {
  return error instanceof KernelError && names.includes(error.code);
}

/** An argument of a call: koffi converts numbers, big numbers, strings, lists of strings (null at the end) and buffers by the prototype. */
type Argument = number | bigint | string | Uint8Array | null | readonly (string | null)[];

/** A bound function; `about` is for the error message. Results of -1 throw. */
export interface Call {
  now(about: string, ...args: readonly Argument[]): number;
  /** On the thread pool: for calls that may wait for a disk or a device. */
  later(about: string, ...args: readonly Argument[]): Promise<number>;
}

export function bind(name: string, prototype: string): Call {
  const call = libc.func(prototype);
  return {
    now: (about, ...args) => {
      const result = Number(call(...args));
      if (result === -1) throw new KernelError(name, koffi.errno(), about);
      return result;
    },
    later: (about, ...args) =>
      new Promise((resolve, reject) => {
        call.async(...args, (error: unknown, value: number | bigint) => {
          if (error) reject(error);
          else if (Number(value) === -1) reject(new KernelError(name, koffi.errno(), about));
          else resolve(Number(value));
        });
      }),
  };
}
