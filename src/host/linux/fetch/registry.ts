/**
 * A session with one repository of an OCI registry: asks, signs in when told to, asks again. Blobs are content: an image is the blob of its own sha256, whatever tags point to it.
 */
import type { IncomingMessage } from 'node:http';
import type { RegistrySource } from '../../../model/index.js';
import { challengeOf, tokenIn, tokenUrl } from './challenge.js';
import { type Credentials, readCredentials } from './credentials.js';
import { type Ask, createExchange, readText } from './exchange.js';
import { registryUrl } from './place.js';
import { Refused } from './refused.js';
import { refusedStatus } from './response.js';

const tokenBytes = 65_536;
/** A manifest of ours has a few hundred bytes; the specification's usual limit. */
export const manifestBytes = 4 * 1_048_576;

export interface RegistrySession {
  /** `https://host/v2/repository/` */
  readonly url: URL;
  /** Ends whatever is asked in it. */
  readonly signal: AbortSignal;
  /** The answer, also one that is no success; 401 only when signing in did not help. Throws `Refused`, or the signal's reason. */
  ask(ask: Ask): Promise<IncomingMessage>;
}

export interface SessionOptions {
  readonly source: RegistrySource;
  readonly actions: 'pull' | 'pull,push';
  readonly signal: AbortSignal;
  readonly headerTimeoutMs?: number;
}

/** Reads the credential files; asks nobody yet. Throws `Refused` (E_IMAGE_AUTH_FILE). */
export async function openRegistry(options: SessionOptions): Promise<RegistrySession> {
  const { source, signal } = options;
  const url = registryUrl(source);
  const credentials = await readCredentials(source.access);
  const { authorization, ...headers } = credentials.headers;
  // A bearer token of the administrator is sent at once; a password only to whom asks for it.
  const own = credentials.basic === null ? authorization : undefined;
  /** What signing in brought; a token may expire while the session lasts. */
  let signedIn: string | undefined;
  const timeout = options.headerTimeoutMs === undefined ? {} : { headerTimeoutMs: options.headerTimeoutMs };
  const exchange = (ask: Ask): Promise<IncomingMessage> => {
    const known = own ?? signedIn;
    return createExchange({
      source: url,
      credentials: {
        headers: known === undefined ? headers : { ...headers, authorization: known },
        ca: credentials.ca,
      },
      signal,
      ...timeout,
    })(ask);
  };
  return {
    url,
    signal,
    ask: async (ask) => {
      const answer = await exchange(ask);
      if (answer.statusCode !== 401 || own !== undefined) return answer;
      answer.destroy();
      const challenge = challengeOf(answer.headers['www-authenticate']);
      if (challenge === null) throw refusedStatus(401, answer.headers, 0);
      signedIn =
        challenge.kind === 'basic'
          ? (credentials.basic ?? undefined)
          : await token(challenge, credentials, options);
      if (signedIn === undefined) throw refusedStatus(401, answer.headers, 0);
      return exchange(ask);
    },
  };
}

async function token(
  challenge: { readonly realm: string; readonly service: string | null },
  { basic, ca }: Credentials,
  { source, actions, signal, headerTimeoutMs }: SessionOptions,
): Promise<string> {
  const rules = { registry: registryUrl(source), realms: source.realms, insecure: source.access.insecure };
  const url = tokenUrl(challenge, `repository:${source.repository}:${actions}`, rules);
  const ask = createExchange({
    source: url,
    credentials: { headers: basic === null ? {} : { authorization: basic }, ca },
    signal,
    ...(headerTimeoutMs === undefined ? {} : { headerTimeoutMs }),
  });
  const answer = await ask({ url });
  if (answer.statusCode !== 200) {
    answer.destroy();
    throw refusedStatus(answer.statusCode ?? 0, answer.headers, Date.now());
  }
  const text = { maxBytes: tokenBytes, what: 'token', signal, withinMs: headerTimeoutMs };
  return `Bearer ${tokenIn(await readText(answer, text))}`;
}

/** The media type of an image that was pushed. */
export const artifactType = 'application/vnd.rackops.image.v1';
export const imageMediaType = 'application/vnd.rackops.image.squashfs.v1';
export const signatureMediaType = 'application/vnd.rackops.image.minisig.v1';

/** The tag that a signature of an image has, beside whatever tag the image has: as other tools do it. */
export function signatureTag(sha256: string): string {
  return `sha256-${sha256}.minisig`;
}

/** sha256 of the signature in its manifest. Throws `Refused` (E_OCI_REGISTRY) for anything that is not as `image push` writes it. */
export function signatureLayer(text: string): { readonly sha256: string; readonly size: number } {
  const refuse = (why: string): Refused =>
    new Refused('E_OCI_REGISTRY', `its manifest of the signature ${why}`, { again: 'unless-changed' });
  const manifest = parsed(text);
  const layers = manifest?.layers;
  if (!Array.isArray(layers)) throw refuse('has no layers');
  const layer: unknown = layers.find(
    (each: unknown) => isRecord(each) && each.mediaType === signatureMediaType,
  );
  if (!isRecord(layer)) throw refuse('has no layer with a signature');
  const { digest, size, urls } = layer;
  if (urls !== undefined) throw refuse('sends us elsewhere for a layer');
  const sha256 = typeof digest === 'string' ? /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1] : undefined;
  if (sha256 === undefined) throw refuse('has a layer without a sha256');
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > 65_536)
    throw refuse('has a layer of a size that no signature has');
  return { sha256, size };
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
