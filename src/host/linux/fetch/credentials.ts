/**
 * What a source's credential files say now: read for each download, so that a rotated file counts at once. Only root's files that nobody else can read; what they hold is never part of a
 * message.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { HostPath, SourceAccess } from '../../../model/index.js';
import { Refused } from './refused.js';

const maxBytes = 65_536;

/** Ready to be sent, to the source's own scheme, host and port. */
export interface Credentials {
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** For a registry, which exchanges them for a token; null without basic authentication. */
  readonly basic: string | null;
  /** PEM; null for the system's certificates. */
  readonly ca: string | null;
}

/** Throws `Refused` (E_IMAGE_AUTH_FILE) naming the file. Effects: reads. */
export async function readCredentials({ auth, headers, caFile }: SourceAccess): Promise<Credentials> {
  const own: Record<string, string> = {};
  for (const { name, file } of headers) own[name.toLowerCase()] = await readSecretLine(file);
  const basic = auth.kind === 'basic' ? await basicOf(auth.usernameFile, auth.passwordFile) : null;
  if (basic !== null) own.authorization = basic;
  if (auth.kind === 'bearer') own.authorization = `Bearer ${await readSecretLine(auth.tokenFile)}`;
  const ca = caFile === null ? null : await readOwnFile(caFile, 0o022);
  return { headers: own, basic, ca };
}

async function basicOf(usernameFile: HostPath, passwordFile: HostPath): Promise<string> {
  const user = await readSecretLine(usernameFile);
  const password = await readSecretLine(passwordFile);
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/** One line of a file of root that nobody else can read, trimmed. */
async function readSecretLine(path: HostPath): Promise<string> {
  const text = (await readOwnFile(path, 0o077)).trim();
  if (text === '') throw refused(path, 'it is empty');
  // What goes into a header; also what keeps a second header out of it.
  if (!/^[\x20-\x7e]+$/.test(text))
    throw refused(path, 'it has more than one line, or characters that no header can hold');
  return text;
}

/** `forbidden`: mode bits that the file must not have. Throws `Refused` (E_IMAGE_AUTH_FILE). */
export async function readOwnFile(path: HostPath, forbidden: 0o077 | 0o022): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      throw refused(
        path,
        error.code === 'ENOENT' ? 'it does not exist' : `it cannot be opened (${error.code})`,
        error,
      );
    },
  );
  try {
    const stat = await handle.stat();
    const { uid, mode, size } = stat;
    if (!stat.isFile()) throw refused(path, 'it is no regular file');
    // Who pushes an image need not be root.
    if (uid !== 0 && uid !== process.geteuid?.()) throw refused(path, `it belongs to uid ${uid}`);
    if ((mode & forbidden) !== 0)
      throw refused(
        path,
        `others may ${forbidden === 0o077 ? 'read' : 'change'} it (mode 0${(mode & 0o777).toString(8)})`,
      );
    if (size > maxBytes) throw refused(path, `it is longer than ${maxBytes} bytes`);
    return (await handle.readFile()).toString('utf8');
  } finally {
    await handle.close();
  }
}

function refused(path: HostPath, why: string, cause?: unknown): Refused {
  return new Refused('E_IMAGE_AUTH_FILE', `cannot use the file "${path}": ${why}`, {
    again: 'always',
    hint: `chown root:root ${path} && chmod 600 ${path}`,
    cause,
  });
}
