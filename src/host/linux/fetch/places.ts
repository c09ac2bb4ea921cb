/** Where exactly a source may have an image: each URL of an http source, the one repository of a registry. A place is opened for each download, with what the credential files say then. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpSource, ImageRef, RegistrySource, RemoteSource } from '../../../model/index.js';
import { readCredentials } from './credentials.js';
import { createExchange, readText, type TextSpec } from './exchange.js';
import { imageUrl, registryUrl, shownUrl } from './place.js';
import { Refused } from './refused.js';
import { manifestBytes, openRegistry, signatureLayer, signatureTag } from './registry.js';
import type { Connections } from './request.js';
import { refusedStatus } from './response.js';

/** A signature of minisign has some 300 bytes. */
const signatureText = { maxBytes: 65_536, what: 'signature' } as const;

export interface Place {
  /** For people: a URL without credentials and query. */
  readonly label: string;
  /** It may have a control file of zsync for the image, and is to be asked for it. */
  readonly hasDelta: boolean;
  /** Reads the credential files; asks nobody yet. Throws `Refused`. */
  open(options: OpenOptions): Promise<OpenPlace>;
}

export interface OpenOptions {
  readonly signal: AbortSignal;
  readonly headerTimeoutMs?: number;
  /** For many small questions; absent: each has a connection of its own. */
  readonly connections?: Connections;
}

export interface OpenPlace {
  /** Another one for everything that a new question would change: URL, sha256, credentials. */
  readonly key: string;
  /** Asks for the image; the answer is no redirect. */
  image(headers: Readonly<Record<string, string>>): Promise<IncomingMessage>;
  /** The body of the control file of zsync, null when there is none. The caller reads or destroys it. */
  control(): Promise<IncomingMessage | null>;
  /** The detached signature, null when there is none. */
  signature(): Promise<string | null>;
}

export function placesOf(source: RemoteSource, image: ImageRef): readonly Place[] {
  if (source.kind === 'registry') return [registryPlace(source, image)];
  return source.urls.map((template) => httpPlace(source, template, image));
}

function httpPlace(source: HttpSource, template: string, image: ImageRef): Place {
  const url = imageUrl(template, image);
  return {
    label: url === null ? template.replace(/\?.*$/s, '?…') : shownUrl(url),
    hasDelta: source.delta === 'zsync',
    open: async ({ signal, ...options }) => {
      if (url === null) {
        throw new Refused(
          'E_IMAGE_NOT_FOUND',
          `"${image.file}" is not in the form name-version.iso, which the URL is made from`,
          {
            again: 'unless-changed',
          },
        );
      }
      const credentials = await readCredentials(source.access);
      const text = { signal, withinMs: options.headerTimeoutMs };
      const exchange = createExchange({
        source: url,
        credentials,
        signal,
        ...options,
      });
      return {
        key: keyOf([url.href, image.sha256, credentials.headers, credentials.ca]),
        image: (headers) => exchange({ url, headers }),
        control: async () => {
          const controlUrl = imageUrl(template, image, '.zsync');
          return controlUrl === null ? null : there(await exchange({ url: controlUrl }));
        },
        signature: async () => {
          const signatureUrl = imageUrl(template, image, '.minisig');
          if (signatureUrl === null) {
            throw new Refused('E_IMAGE_SIG_MISSING', 'its URL leaves no room for the name of a signature', {
              again: 'unless-changed',
              hint: 'write the URL with {file} in it',
            });
          }
          return textOf(await exchange({ url: signatureUrl }), { ...text, ...signatureText });
        },
      };
    },
  };
}

function registryPlace(source: RegistrySource, image: ImageRef): Place {
  const url = registryUrl(source);
  const blob = (sha256: string): URL => new URL(`blobs/sha256:${sha256}`, url);
  return {
    label: shownUrl(blob(image.sha256)),
    hasDelta: false,
    open: async (options) => {
      const session = await openRegistry({ source, actions: 'pull', ...options });
      const text = { signal: options.signal, withinMs: options.headerTimeoutMs };
      const credentials = await readCredentials(source.access);
      return {
        key: keyOf([url.href, image.sha256, credentials.headers, credentials.ca]),
        image: (headers) => session.ask({ url: blob(image.sha256), headers }),
        control: async () => null,
        signature: async () => {
          const accept = 'application/vnd.oci.image.manifest.v1+json';
          const manifestUrl = new URL(`manifests/${signatureTag(image.sha256)}`, url);
          const manifest = await textOf(await session.ask({ url: manifestUrl, headers: { accept } }), {
            ...text,
            maxBytes: manifestBytes,
            what: 'manifest',
          });
          if (manifest === null) return null;
          const { sha256 } = signatureLayer(manifest);
          const answer = await session.ask({ url: blob(sha256) });
          const signature = await textOf(answer, { ...text, ...signatureText });
          if (signature === null || createHash('sha256').update(signature).digest('hex') === sha256)
            return signature;
          throw new Refused('E_OCI_REGISTRY', 'it has another signature than its manifest says', {
            again: 'later',
          });
        },
      };
    },
  };
}

/** Null when it is not there. */
async function textOf(answer: IncomingMessage, spec: TextSpec): Promise<string | null> {
  const found = there(answer);
  return found === null ? null : await readText(found, spec);
}

/** The answer when it has the file, null when that is not there. */
function there(answer: IncomingMessage): IncomingMessage | null {
  if (answer.statusCode === 200) return answer;
  answer.destroy();
  if (answer.statusCode === 404 || answer.statusCode === 410) return null;
  throw refusedStatus(answer.statusCode ?? 0, answer.headers, Date.now());
}

/** A digest, because it has credentials in it. */
function keyOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
