/** What a registry's `WWW-Authenticate` asks for, and whether we go along with it. Pure. */
import { isLoopback } from '../../../model/index.js';
import { Refused } from './refused.js';

export type Challenge =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string | null };

/** Null when it is none that we know. */
export function challengeOf(header: string | undefined): Challenge | null {
  if (header === undefined || header.length > 4_096) return null;
  const scheme = /^\s*(\w+)/.exec(header)?.[1]?.toLowerCase();
  if (scheme === 'basic') return { kind: 'basic' };
  if (scheme !== 'bearer') return null;
  const values = new Map(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key.toLowerCase(), value]),
  );
  const realm = values.get('realm');
  return realm === undefined ? null : { kind: 'bearer', realm, service: values.get('service') ?? null };
}

export interface RealmRules {
  /** Where the registry is. */
  readonly registry: URL;
  /** `host[:port]` of others that may hand out tokens. */
  readonly realms: readonly string[];
  readonly insecure: boolean;
}

/** URL to ask for a token, with service and scope. Throws `Refused` (E_OCI_REALM) for one where no credential may go. */
export function tokenUrl(
  { realm, service }: { readonly realm: string; readonly service: string | null },
  scope: string,
  { registry, realms, insecure }: RealmRules,
): URL {
  const refuse = (why: string): Refused =>
    new Refused('E_OCI_REALM', `${why}; no credential was sent`, {
      again: 'unless-changed',
      hint: 'when that host is right, list it in realms of the source',
    });
  if (!URL.canParse(realm)) throw refuse('it sends us to no URL for a token');
  const url = new URL(realm);
  const isOwn = url.host === registry.host;
  // Without TLS only to the registry itself, which is asked without TLS too, and within this machine.
  const isOpen = url.protocol === 'http:' && insecure && (isOwn || isLoopback(url.hostname));
  if (url.protocol !== 'https:' && !isOpen)
    throw refuse(`it sends us to ${url.protocol.slice(0, 12)}//${url.host} for a token`);
  if (url.username !== '' || url.password !== '')
    throw refuse('it sends us to a URL with credentials in it for a token');
  if (!isOwn && !realms.some((listed) => isHost(url, listed)))
    throw refuse(`it sends us to ${url.host} for a token`);
  if (service !== null) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  url.hash = '';
  return url;
}

/** `listed`: `host[:port]`, with the usual port or without it. */
function isHost(url: URL, listed: string): boolean {
  const text = `${url.protocol}//${listed}`;
  return URL.canParse(text) && new URL(text).host === url.host;
}

/** The token in a token server's answer. Throws `Refused` when there is none. */
export function tokenIn(text: string): string {
  const refuse = (): Refused =>
    new Refused('E_OCI_REGISTRY', 'its token server answers without a token', { again: 'later' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse();
  }
  if (typeof value !== 'object' || value === null) throw refuse();
  const token = 'token' in value ? value.token : 'access_token' in value ? value.access_token : null;
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,65536}$/.test(token)) throw refuse();
  return token;
}
