/** Where a redirect may lead, and whether the credentials go along. Pure. */

/** A mirror, a release page, a content network: honest chains are shorter. */
const mostHops = 5;

export interface Hop {
  readonly url: URL;
  /** Redirects that were followed to get here. */
  readonly hops: number;
  /** Credentials and own headers are sent; once dropped they stay dropped, wherever the chain leads. */
  readonly trusted: boolean;
}

/** The next request, or why there is none. `location`: the header's value. */
export function followed(from: Hop, location: string | undefined): Hop | { readonly refused: string } {
  if (from.hops >= mostHops) return { refused: `it redirects more than ${mostHops} times` };
  if (location === undefined || location === '') return { refused: 'it redirects without saying where' };
  if (!URL.canParse(location, from.url.href)) return { refused: 'it redirects to something that is no URL' };
  const url = new URL(location, from.url);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { refused: `it redirects to ${url.protocol.slice(0, 12)}` };
  if (from.url.protocol === 'https:' && url.protocol === 'http:')
    return { refused: `it redirects from https to http (${url.host})` };
  if (url.username !== '' || url.password !== '')
    return { refused: 'it redirects to a URL with credentials in it' };
  url.hash = '';
  return { url, hops: from.hops + 1, trusted: from.trusted && url.origin === from.url.origin };
}

/** True for the status codes that say "elsewhere". */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
