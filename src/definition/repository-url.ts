/**
 * Is this a repository URL that Git may be given? An allow-list: https, ssh in both forms, a local repository. Everything else, and everything that could be
 * read as an option, a helper program or a credential, is refused. Nothing is connected to.
 */
import type { ErrorCode, RepositoryUrl } from '../model/index.js';

export type UrlResult =
  | { readonly url: RepositoryUrl }
  | { readonly code: ErrorCode; readonly message: string; readonly hint: string };

const forms = 'use https://, ssh://, user@host:path, or an absolute path';

/** The URL with its kind, or what is wrong. A credential in it never appears in the message. */
export function repositoryUrl(text: string): UrlResult {
  if (text.startsWith('-')) return refused('a URL cannot begin with a hyphen', forms);
  if (/^[A-Za-z0-9]+::/.test(text)) return refused('helper programs (`name::…`) are not allowed', forms);
  if (/[\s\p{C}]|%(?:0[0-9a-f]|1[0-9a-f]|7f)/iu.test(text)) {
    return {
      code: 'E_URL_CONTROL',
      message: 'the URL has spaces or control characters',
      hint: 'remove them',
    };
  }
  if (text.startsWith('/')) return local(text);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'https':
    case 'ssh':
      return network(text, scheme);
    case 'file': {
      const path = /^file:\/\/(?:localhost)?(\/.*)$/i.exec(text)?.[1];
      if (path === undefined || path.includes('%')) {
        return refused('a file URL needs an absolute path without escapes', 'write /srv/racks.git');
      }
      return local(path);
    }
    case 'http':
    case 'git':
    case 'ftp':
    case 'ftps':
      return {
        code: 'E_URL_INSECURE',
        message: `${scheme}:// is not protected`,
        hint: 'use https:// or ssh://',
      };
    case undefined:
      return scpForm(text);
    default:
      return refused(`the protocol "${scheme}" is not allowed`, forms);
  }
}

function refused(message: string, hint: string): UrlResult {
  return { code: 'E_URL', message, hint };
}

/** One slash at the end is taken off: it means the same directory. */
function local(text: string): UrlResult {
  const path = text.replace(/(?<=[^/])\/$/, '');
  const isPlain =
    path === '/' ||
    path
      .split('/')
      .slice(1)
      .every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain || path === '/') {
    return refused(
      'the path is not in its plain form',
      'write it from / on, without . and .. parts and double slashes',
    );
  }
  return { url: { kind: 'local', url: path } };
}

function network(text: string, kind: 'https' | 'ssh'): UrlResult {
  const match = /^[a-z]+:\/\/(?:([^@/]*)@)?(\[[^\]/]*\]|[^:/@]*)(?::([^/]*))?(\/.*)$/i.exec(text);
  if (match === null) return refused('the URL has no path', `write ${kind}://host/path`);
  const [, user, host = '', port, path = ''] = match;
  if (kind === 'https' && user !== undefined) return credentials();
  if (user?.includes(':')) return credentials();
  if (user !== undefined && !isUser(user))
    return refused('the user in the URL is not a plain name', 'correct the URL');
  if (!isHost(host)) return hostRefused(host);
  if (port !== undefined && !isPort(port))
    return refused(`"${port.slice(0, 10)}" is not a port`, 'correct the URL');
  if (path === '/' || /[?#\\]|::/.test(path) || path.split('/').includes('..')) {
    return refused(
      'the path in the URL is not plain',
      'write it without query, fragment, backslash and .. parts',
    );
  }
  const isParsable = URL.canParse(text) && new URL(text).hostname !== '';
  return isParsable
    ? { url: { kind, url: text, host: plainHost(host) } }
    : refused('this is not a URL', forms);
}

/** `git@host:path`. */
function scpForm(text: string): UrlResult {
  const match = /^(?:([^@:/]*)@)?(\[[^\]/]*\]|[^:/@[\]]*):([^:].*)$/.exec(text);
  if (match === null) return refused('this is not a repository URL', forms);
  const [, user, host = '', path = ''] = match;
  if (user !== undefined && !isUser(user))
    return refused('the user in the URL is not a plain name', 'correct the URL');
  if (!isHost(host)) return hostRefused(host);
  if (path.startsWith('-') || path.includes('\\') || path.split('/').includes('..')) {
    return refused(
      'the path in the URL is not plain',
      'write it without a leading hyphen, backslash and .. parts',
    );
  }
  return { url: { kind: 'ssh', url: text, host: plainHost(host) } };
}

function credentials(): UrlResult {
  return {
    code: 'E_URL_CREDENTIALS',
    message: 'the URL has credentials in it',
    hint: 'put them into files and name those in repository.auth',
  };
}

function hostRefused(host: string): UrlResult {
  return {
    code: 'E_URL_HOST',
    message: `"${host.slice(0, 40)}" is not a host name or address`,
    hint: 'write an ASCII host name, an IPv4 address, or an IPv6 address in brackets without a zone',
  };
}

function isUser(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(text);
}

function isHost(text: string): boolean {
  if (text.length > 253) return false;
  return (
    /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(text) ||
    (/^\[[0-9A-Fa-f:.]+\]$/.test(text) && URL.canParse(`http://${text}`))
  );
}

function isPort(text: string): boolean {
  return /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65_535;
}

function plainHost(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}
