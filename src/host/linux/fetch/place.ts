/** Where a source has an image, as a URL, and how a place is written in messages. Pure. */
import { escapeControl, shorten } from '../../../lib/index.js';
import type { ImageRef, RegistrySource, RemoteSource } from '../../../model/index.js';

/** `webserver-2.0.iso` is version `2.0` of `webserver`. */
const nameAndVersion = /^(.+?)-([0-9][^-]*(?:-[0-9A-Za-z.~+]+)?)\.[a-z]+$/;

/**
 * URL of the image below one of an http source's `urls`; null when the template wants {name} or {version} and the file's name is not in the form `name-version.iso`. A template without
 * a placeholder is a prefix.
 */
export function imageUrl(template: string, image: ImageRef): URL | null {
  const [, name, version] = nameAndVersion.exec(image.file) ?? [];
  const values: Readonly<Record<string, string | undefined>> = {
    file: image.file,
    sha256: image.sha256,
    name,
    version,
  };
  const wanted = [...template.matchAll(/\{(\w+)\}/g)].map(([, key = '']) => key);
  if (wanted.some((key) => values[key] === undefined)) return null;
  if (wanted.length > 0)
    return new URL(template.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? '')));
  const url = new URL(template);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${encodeURIComponent(image.file)}`;
  return url;
}

/** The file beside it: `…/webserver-2.0.iso.minisig`. */
export function beside(url: URL, suffix: string): URL {
  const other = new URL(url);
  other.pathname += suffix;
  return other;
}

/** `https://host/v2/repository/` of a registry. */
export function registryUrl({ host, repository, access }: RegistrySource): URL {
  return new URL(`${access.insecure ? 'http' : 'https'}://${host}/v2/${repository}/`);
}

/** A URL as people may see it: without credentials, and without a query, which may be one. */
export function shownUrl(url: URL): string {
  return shorten(escapeControl(`${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`), 300);
}

/** The source as people may see it; also its name where something is remembered about it. */
export function shownSource(source: RemoteSource): string {
  if (source.kind === 'registry') return `${source.host}/${source.repository}`;
  return shorten(escapeControl((source.urls[0] ?? '').replace(/\?.*$/s, '?…')), 300);
}
