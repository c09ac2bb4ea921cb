/**
 * Which addresses and names may be given to Git at all? The host's configuration was checked when it was read; this is the
 * second fence, right before the command line: nothing that Git could take for an option, a helper or another protocol.
 * Pure; runs nothing.
 */
import { shorten } from '../lib/index.js';
import { RackError, type RepositoryUrl } from '../model/index.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const controlOrSpace = /[\u0000-\u0020\u007f-\u009f\u00a0\u2028\u2029]/;
const hostName = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])$/;
const scpForm = /^(?:[a-zA-Z0-9_][a-zA-Z0-9._-]*@)?([^/:@[\]]+|\[[^\]]+\]):(?!:)(?!-)[^\s]+$/;

/** Throws E_GIT_URL unless the address is a plain one of its kind; no effects. */
export function checkUrl(url: RepositoryUrl): void {
  const reason = urlProblem(url);
  if (reason === null) return;
  throw new RackError(
    'E_GIT_URL',
    `cannot use repository address "${shorten(redactUrl(url.url))}": ${reason}`,
    {
      hint: 'use https://host/path, ssh://user@host/path, user@host:path, or the absolute path of a local repository',
    },
  );
}

function urlProblem({ kind, url }: RepositoryUrl): string | null {
  if (controlOrSpace.test(url)) return 'it contains white space or control characters';
  if (url.startsWith('-')) return 'it begins with "-"';
  if (/%(?:0[0-9a-f]|1[0-9a-f]|7f)/i.test(url)) return 'it contains an encoded control character';
  switch (kind) {
    case 'local':
      if (/^file:\/\/\//.test(url) || url.startsWith('/')) return null;
      return 'it is neither an absolute path nor file:///path';
    case 'https':
      return url.startsWith('https://') ? hostProblem(url, false) : 'it does not begin with https://';
    case 'ssh': {
      if (url.startsWith('ssh://')) return hostProblem(url, true);
      if (url.includes('://')) return 'it does not begin with ssh://';
      const host = scpForm.exec(url)?.[1];
      if (host === undefined) return 'it is not of the form user@host:path';
      return hostName.test(host) ? null : 'its host is not a host name';
    }
  }
}

function hostProblem(text: string, userAllowed: boolean): string | null {
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    return 'it is not a URL';
  }
  // A credential in the address would be seen in the process list.
  if (parsed.password !== '') return 'it contains a password: use repository.auth';
  if (parsed.username !== '' && !userAllowed) return 'it contains a user name: use repository.auth';
  if (parsed.username !== '' && !/^[a-zA-Z0-9_][a-zA-Z0-9._-]*$/.test(parsed.username)) {
    return 'its user name has characters that are not allowed';
  }
  if (!hostName.test(parsed.hostname)) return 'its host is not a host name';
  if (parsed.search !== '' || parsed.hash !== '') return 'it contains "?" or "#"';
  return null;
}

/** The address without user and password, for messages. */
export function redactUrl(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s'"]*@/g, '$1***@');
}

/** Scheme, host and port that a credential is bound to: `https://host[:port]`. The address was checked before. */
export function originOf(url: RepositoryUrl): string {
  return new URL(url.url).origin;
}

/** True for names that Git allows for a branch (without `refs/heads/`); the rules of git-check-ref-format. */
export function isBranchName(name: string): boolean {
  if (name === '' || name.length > 200 || name === '@') return false;
  if (controlOrSpace.test(name) || /[~^:?*[\\]|\.\.|@\{|\/\/|\/$|^\/|\.$|^-/.test(name)) return false;
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}

/** Throws E_GIT_REF_NAME unless `name` is a branch name. */
export function checkBranch(name: string): void {
  if (isBranchName(name)) return;
  throw new RackError(
    'E_GIT_REF_NAME',
    `cannot use branch "${shorten(name)}": Git does not allow this name`,
    {
      hint: 'write the name of a branch, without refs/heads/',
    },
  );
}

/** True for a full commit id as every revision inside the program is. */
export function isRevision(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
