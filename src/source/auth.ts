/**
 * Are the credential files fit to be used? Looked at before every call that needs them, so that a rotated file counts at once.
 * Reads their owner, mode and, for the token, content; never puts content into an error.
 */
import { readFile } from 'node:fs/promises';
import { type HostConfig, type HostPath, RackError } from '../model/index.js';
import { rootFileFault } from './root-file.js';

type Auth = HostConfig['repository']['auth'];

/** Errors: E_GIT_AUTH_FILE with the path and what to do. Effects: reads. */
export async function checkAuthFiles(auth: Auth): Promise<void> {
  switch (auth.kind) {
    case 'none':
      return;
    case 'token':
      await checkSecretFile('token file', auth.tokenFile);
      oneLine('token file', auth.tokenFile, await readFile(auth.tokenFile, 'utf8'));
      if (auth.usernameFile !== null) {
        await checkSecretFile('user name file', auth.usernameFile);
        oneLine('user name file', auth.usernameFile, await readFile(auth.usernameFile, 'utf8'));
      }
      return;
    case 'ssh':
      await checkSecretFile('ssh key file', auth.sshKeyFile);
      if (auth.knownHostsFile !== null) await checkFile('known hosts file', auth.knownHostsFile, 0o022);
  }
}

/** Texts that must not show in a message; empty when there are none or they cannot be read. */
export async function secretsOf(auth: Auth): Promise<readonly string[]> {
  if (auth.kind !== 'token') return [];
  const text = await readFile(auth.tokenFile, 'utf8').catch(() => '');
  const secret = text.replace(/[\r\n]/g, '');
  return secret.length >= 4 ? [secret] : [];
}

async function checkSecretFile(what: string, path: HostPath): Promise<void> {
  await checkFile(what, path, 0o077);
}

/** More is no credential, bytes. */
const maxFileBytes = 65_536;

async function checkFile(what: string, path: HostPath, forbidden: 0o077 | 0o022): Promise<void> {
  const fault = await rootFileFault(path, forbidden, maxFileBytes);
  if (fault !== null) throw refused(what, path, fault.why, fault.hint);
}

function oneLine(what: string, path: HostPath, text: string): void {
  const content = text.replace(/[\r\n]+$/, '');
  if (content === '') throw refused(what, path, 'it is empty', 'write one line into it');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would break the credential protocol
  if (/[\u0000-\u001f\u007f]/.test(content)) {
    throw refused(what, path, 'it has more than one line, or control characters', 'write one line into it');
  }
}

function refused(what: string, path: HostPath, why: string, hint: string): RackError {
  return new RackError('E_GIT_AUTH_FILE', `cannot use ${what} "${path}": ${why}`, { hint });
}
