/** Where a source has an image, as a URL, and how a place is written in messages. Pure. */
import { escapeControl, shorten } from '../../../lib/index.js';
import {
  type ImageRef,
  imageNameParts,
  type RegistrySource,
  type RemoteSource,
} from '../../../model/index.js';

const placeholder = /\{(\w+)\}/g;

/**
 * URL of the image below one of an http source's `urls`; null when the template wants {name} or {version} and the file's name is not in the form `name-version.iso`. A template without
 * a placeholder is a prefix. With a `suffix` (`.minisig`) of the file beside it; null also when a template makes the image's URL by its query alone, without {file}.
 */
export function imageUrl(template: string, image: ImageRef, suffix = ''): URL | null {
  const { name, version } = imageNameParts(image.file);
  const values: Readonly<Record<string, string | null>> = {
    file: `${image.file}${suffix}`,
    sha256: image.sha256,
    name: version === null ? null : name,
    version,
  };
  const wanted = [...template.matchAll(placeholder)].map(([, key = '']) => key);
  if (wanted.some((key) => values[key] === null)) return null;
  const url = new URL(
    template.replace(placeholder, (_, key: string) => encodeURIComponent(values[key] ?? '')),
  );
  if (wanted.length === 0)
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${encodeURIComponent(values.file ?? '')}`;
  else if (!wanted.includes('file') && suffix !== '') {
    if (/\?.*\{/s.test(template)) return null;
    url.pathname += suffix;
  }
  return url;
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
