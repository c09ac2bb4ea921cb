/**
 * Values of `fromHostFile`: read when a bundle is written, from a file that only root can read, in a directory that the host allows. A value is never
 * part of a message, and its path's content is never quoted.
 */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { type HostPath, RackError } from '../../model/index.js';

/** Longer values do not belong into an environment. */
const maxBytes = 64 * 1024;

/** The value, without one newline at its end. Error: E_SECRET with the reason. */
export async function readSecret(
  path: HostPath,
  allowed: readonly HostPath[],
  rack: string,
): Promise<string> {
  const refuse = (reason: string, cause?: unknown): RackError =>
    new RackError('E_SECRET', `cannot read the secret "${path}": ${reason}`, {
      rack,
      hint: `give the file to root with mode 0600, in ${allowed.join(' or ') || 'a directory listed in allow.secrets'}`,
      cause,
    });
  const real = await realpath(path).catch((error: unknown) => {
    throw refuse('it does not exist', error);
  });
  const directories = await Promise.all(
    allowed.map(async (directory) => await realpath(directory).catch(() => null)),
  );
  if (!directories.some((directory) => directory !== null && real.startsWith(`${directory}/`))) {
    throw refuse('it is outside of allow.secrets');
  }
  const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw refuse('it cannot be opened', error);
    },
  );
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw refuse('it is no regular file');
    if (stat.uid !== 0) throw refuse(`it belongs to uid ${stat.uid}`);
    if ((stat.mode & 0o077) !== 0) {
      throw refuse(`others than root can open it (mode ${(stat.mode & 0o777).toString(8).padStart(4, '0')})`);
    }
    if (stat.size > maxBytes) throw refuse(`it is longer than ${maxBytes} bytes`);
    const value = (await handle.readFile()).toString('utf8').replace(/\r?\n$/, '');
    if (value.includes('\0')) throw refuse('it has a NUL byte, which no environment can hold');
    return value;
  } finally {
    await handle.close();
  }
}
