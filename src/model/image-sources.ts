/**
 * Where images come from, as host.yaml says: directories, web servers, OCI registries, and which keys must have signed what comes from there. Values only; secrets
 * appear as the files that they are read from.
 */
import type { HostPath } from './paths.js';

/** `verify`: null where no signature is asked for. */
export type ImageSource = DirectorySource | HttpSource | RegistrySource;

export interface DirectorySource {
  readonly kind: 'directory';
  readonly path: HostPath;
  readonly verify: ImageVerify | null;
}

export interface HttpSource {
  readonly kind: 'http';
  /** At least one; the first, then its mirrors. Each is a prefix (`https://host/images`) or has `{file}`, `{name}`, `{version}` or `{sha256}` in it. */
  readonly urls: readonly string[];
  readonly access: SourceAccess;
  /** `zsync`: only what an older image on the host lacks is fetched, where the server has a control file of zsync beside the image. */
  readonly delta: 'none' | 'zsync';
  readonly verify: ImageVerify | null;
}

export interface RegistrySource {
  readonly kind: 'registry';
  /** `host` or `host:port`. */
  readonly host: string;
  /** `racks/webserver`. */
  readonly repository: string;
  readonly access: SourceAccess;
  /** `host[:port]` of others that may hand out tokens. */
  readonly realms: readonly string[];
  readonly verify: ImageVerify | null;
}

/** A source that has to be asked over the network. */
export type RemoteSource = HttpSource | RegistrySource;

/** How to ask. What the files hold goes to the scheme, host and port of the source and nowhere else. */
export interface SourceAccess {
  readonly auth:
    | { readonly kind: 'none' }
    | { readonly kind: 'bearer'; readonly tokenFile: HostPath }
    | { readonly kind: 'basic'; readonly usernameFile: HostPath; readonly passwordFile: HostPath };
  readonly headers: readonly { readonly name: string; readonly file: HostPath }[];
  /** Certificates (PEM) that are trusted instead of the system's. */
  readonly caFile: HostPath | null;
  /** http without TLS is allowed. */
  readonly insecure: boolean;
}

export interface ImageVerify {
  /** Files with a minisign public key each; one that fits is enough. */
  readonly keys: readonly HostPath[];
  /** False: an image without a signature is taken, one with a wrong one is not. */
  readonly required: boolean;
}

/** No credentials, TLS with the system's certificates. */
export const openAccess: SourceAccess = {
  auth: { kind: 'none' },
  headers: [],
  caFile: null,
  insecure: false,
};

/** True for a URL's host that is this machine whatever a name server says. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** True for a source that is asked over the network. */
export function isRemoteSource(source: ImageSource): source is RemoteSource {
  return source.kind !== 'directory';
}

/** A directory of which no signature is asked for. */
export function plainDirectory(path: HostPath): DirectorySource {
  return { kind: 'directory', path, verify: null };
}
