/** Lines of sources.list for an image, made of where this host installs its own packages from. No credentials are in them: apt gets those from a file of root's. Pure. */
import { RackError } from '../../model/index.js';
import type { AptSource } from './apt-sources.js';

export interface SourceLine {
  /** Of use only while this host's apt installs: they name its key files. With a space at its end, or empty. */
  readonly flags: string;
  /** `URI RELEASE COMPONENT…`. */
  readonly rest: string;
}

/** `bookworm` of `bookworm`, `bookworm-updates`, `bookworm-security`. Error: E_IMAGE_BASE when there is none. */
export function ownRelease(found: readonly AptSource[]): string {
  const names = found.map(({ codename }) => codename).filter((name) => name !== '');
  const [name] = names.sort((a, b) => a.length - b.length);
  if (name !== undefined) return name;
  throw new RackError('E_IMAGE_BASE', 'cannot tell which release this host runs', {
    hint: 'name suite in the recipe',
  });
}

/** The archives of the release `own`, for `suite`; without those of updates when they are not wanted. Not empty. Error: E_IMAGE_BASE. */
export function linesFor(
  found: readonly AptSource[],
  own: string,
  suite: string,
  updates = true,
): readonly SourceLine[] {
  const lines = found
    .filter(({ codename }) => codename === own || codename.startsWith(`${own}-`))
    .map((source) => ({ ...source, suffix: suffixOf(source.release, own) }))
    .filter(({ suffix }) => updates || suffix === '')
    .map(({ flags, uri, suffix, component }) => ({
      flags,
      rest: `${withoutCredentials(uri)} ${suite}${suffix} ${component}`,
    }));
  if (lines.length > 0) return [...new Map(lines.map((line) => [line.rest, line])).values()];
  throw new RackError('E_IMAGE_BASE', `cannot tell where ${suite} is to be installed from`, {
    hint: 'name mirrors in the recipe',
  });
}

/** `-updates` of `bookworm-updates` and of `stable-updates`, `/updates` of `buster/updates`: a host may name its release either way, and the code name tells only the first part of it. */
function suffixOf(release: string, own: string): string {
  return release.startsWith(own) ? release.slice(own.length) : release.replace(/^[a-z]+/, '');
}

/** The address without user and password. */
export function withoutCredentials(uri: string): string {
  return uri.replace(/^([a-z0-9+.-]+:\/\/)[^/]*@/, '$1');
}

/** What apt's auth.conf says of an address with user and password; null for one without. */
export function credentialsOf(uri: string): string | null {
  const [, login, password] = /^[a-z0-9+.-]+:\/\/([^/:]*):?([^/]*)@/.exec(uri) ?? [];
  if (login === undefined || password === undefined) return null;
  const plain = (text: string): string => {
    // A file of words cannot hold white space; apt decodes nothing there.
    const decoded = text.replace(/(%[0-9a-f]{2})+/gi, (escapes) =>
      Buffer.from(escapes.replaceAll('%', ''), 'hex').toString(),
    );
    return /\s/.test(decoded) ? text : decoded;
  };
  return `machine ${withoutCredentials(uri)} login ${plain(login)} password ${plain(password)}`;
}
