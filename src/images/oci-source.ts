/** Names of container images as they are written on the command line and in recipes. Pure. */
import { resolve } from 'node:path/posix';
import type { OciSource } from '../host/index.js';

/** A source with what can be told from its name alone. */
export interface NamedSource {
  readonly source: OciSource;
  /** The same for everybody, without directories of this machine: `oci:webserver:1.0`, `docker://registry.example/web:1.0`. */
  readonly name: string;
  /** A name for the rack: `^[a-z][a-z0-9-]{0,31}$`; null when there is nothing to make one of. */
  readonly rack: string | null;
  /** Fit for a file name; null when there is none, or one that says nothing (`latest`). */
  readonly version: string | null;
}

/** Shown when a source cannot be understood. */
export const sourceForms =
  'oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:NAME:TAG] or docker://HOST/NAME[:TAG]';

/** `directory`: where relative paths begin. Null for text of no known form. */
export function parseOciSource(text: string, directory: string): NamedSource | null {
  const [, transport, rest] = /^(oci|oci-archive|docker-archive|docker):(.+)$/s.exec(text) ?? [];
  if (rest === undefined || /\s/.test(rest)) return null;
  if (transport === 'docker') return parseRegistry(rest);
  if (transport !== 'oci' && transport !== 'oci-archive' && transport !== 'docker-archive') return null;
  const [path = '', ...more] = rest.split(':');
  if (path === '') return null;
  const reference = more.length === 0 ? '' : `:${more.join(':')}`;
  const file = resolve(directory, path).split('/').at(-1) ?? '';
  const named =
    transport === 'docker-archive' && more.length > 0
      ? repositoryName(more.join(':'))
      : file.replace(/\.(tar|tgz|tar\.gz)$/, '');
  return {
    source: { transport, reference: `${resolve(directory, path)}${reference}` },
    name: `${transport}:${file}${reference}`,
    rack: rackName(named),
    version: version(more.at(-1) ?? null),
  };
}

function parseRegistry(rest: string): NamedSource | null {
  // A host and a name at least: for what is left out some public registry is asked, or the one that a machine's configuration names. A first part without dot and port is taken for a name, not a host.
  const [, host = ''] = /^\/\/([^/]+)\/[^/].*$/.exec(rest) ?? [];
  if ((host !== 'localhost' && !/[.:]/.test(host)) || rest.includes('//', 2)) return null;
  const [, tag = null] = /:([^/:@]+)(?:@[^/]*)?$/.exec(rest.replace(/@sha256:.*$/, '')) ?? [];
  return {
    source: { transport: 'docker', reference: rest },
    name: `docker:${rest}`,
    rack: rackName(repositoryName(rest)),
    version: version(tag),
  };
}

/** `registry.example:5000/team/web:1.0@sha256:…` → `web`. */
function repositoryName(reference: string): string {
  const last = reference.split('@')[0]?.split('/').at(-1) ?? '';
  return last.split(':')[0] ?? '';
}

function rackName(text: string): string | null {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 32)
    .replace(/-+$/, '');
  return name === '' ? null : name;
}

function version(tag: string | null): string | null {
  return tag !== null && tag !== 'latest' && /^[A-Za-z0-9._+~-]{1,100}$/.test(tag) ? tag : null;
}
