/**
 * Pushes an image to an OCI registry as an artifact: the squashfs is its one layer, so that a host can fetch it by the sha256 of the definition, whatever becomes of the tag. A signature becomes an artifact of its own
 * beside it. Pushing again what is there costs a few questions.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { formatBytes } from '../../../lib/index.js';
import { RackError } from '../../../model/index.js';
import type { PushReport, PushRequest } from '../../image-ports.js';
import { openImage, readSignature } from '../image-file.js';
import { signerIn } from '../minisign-form.js';
import { checkSquashfs } from '../squashfs.js';
import { type Ask, readText } from './exchange.js';
import { followed } from './redirect.js';
import { Refused } from './refused.js';
import {
  artifactType,
  imageMediaType,
  openRegistry,
  type RegistrySession,
  signatureMediaType,
  signatureTag,
} from './registry.js';
import { refusedStatus } from './response.js';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const emptyConfig = Buffer.from('{}');
const chunkBytes = 1_048_576;

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Errors: E_IMAGE_NOT_FOUND, E_IMAGE_FORMAT, E_IMAGE_SIZE (the file), E_IMAGE_SIG_MISSING, E_IMAGE_SIG_FORMAT (the signature), and of the registry those of `Images.ensure`; the tag is not set then. */
export async function pushImage(request: PushRequest): Promise<PushReport> {
  const { file, registry, tag, signal } = request;
  const handle = await openImage(file);
  if (handle === null) {
    throw new RackError('E_IMAGE_NOT_FOUND', `cannot push "${file}": there is no such file`, {
      hint: 'give the path of an image',
    });
  }
  const reference = `${registry.host}/${registry.repository}:${tag}`;
  try {
    await checkSquashfs(handle, file);
    const signature = request.signature === null ? null : await signatureFile(request.signature);
    const session = await openRegistry({ source: registry, actions: 'pull,push', signal });
    return await pushTo(session, handle, reference, signature, request);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new RackError(error.code, `cannot push to ${reference}: ${error.message}`, {
      cause: error,
      ...hint,
    });
  } finally {
    await handle.close();
  }
}

async function pushTo(
  session: RegistrySession,
  handle: FileHandle,
  reference: string,
  signature: Buffer | null,
  { file, tag, progress }: PushRequest,
): Promise<PushReport> {
  const name = basename(file);
  const { size } = await handle.stat();
  const sha256 = await hashOf(handle);
  const image: Descriptor = {
    mediaType: imageMediaType,
    digest: `sha256:${sha256}`,
    size,
    annotations: { 'org.opencontainers.image.title': name },
  };
  progress(`pushing ${formatBytes(size)} to ${reference}`);
  await pushBlob(session, image, () => Readable.from(readWhole(handle), { objectMode: false }));
  // The signature first: a host that sees the tag finds both.
  const signed = signature === null ? null : await pushSignature(session, signature, sha256, name);
  const manifest = await pushManifest(session, tag, image);
  return { file: name, sha256, bytes: size, reference, manifest, signature: signed };
}

/** Before anything is sent: an upload takes a while. Errors: E_IMAGE_SIG_MISSING, E_IMAGE_SIG_FORMAT. */
async function signatureFile(path: string): Promise<Buffer> {
  const text = await readSignature(path);
  if (text === null) {
    throw new RackError('E_IMAGE_SIG_MISSING', `cannot push the signature "${path}": there is no such file`, {
      hint: 'minisign -S makes it',
    });
  }
  if (signerIn(text) === null) {
    throw new RackError('E_IMAGE_SIG_FORMAT', `cannot push "${path}": it is no signature of minisign`, {
      hint: 'sign it with minisign 0.10 or newer, without -l',
    });
  }
  return Buffer.from(text, 'utf8');
}

async function pushSignature(
  session: RegistrySession,
  bytes: Buffer,
  sha256: string,
  name: string,
): Promise<string> {
  const layer: Descriptor = {
    mediaType: signatureMediaType,
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    size: bytes.length,
    annotations: { 'org.opencontainers.image.title': `${name}.minisig` },
  };
  await pushBlob(session, layer, bytes);
  await pushManifest(session, signatureTag(sha256), layer);
  return signatureTag(sha256);
}

/** sha256 of the manifest. */
async function pushManifest(session: RegistrySession, tag: string, layer: Descriptor): Promise<string> {
  const config: Descriptor = {
    mediaType: 'application/vnd.oci.empty.v1+json',
    digest: `sha256:${createHash('sha256').update(emptyConfig).digest('hex')}`,
    size: emptyConfig.length,
  };
  await pushBlob(session, config, emptyConfig);
  const body = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, artifactType, config, layers: [layer] }),
  );
  const answer = await session.ask({
    method: 'PUT',
    url: new URL(`manifests/${tag}`, session.url),
    headers: { 'content-type': manifestType, 'content-length': String(body.length) },
    body,
  });
  await expectStatus(session, answer, 201);
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

async function pushBlob(
  session: RegistrySession,
  { digest, size }: Descriptor,
  body: NonNullable<Ask['body']>,
): Promise<void> {
  const known = await session.ask({ method: 'HEAD', url: new URL(`blobs/${digest}`, session.url) });
  known.destroy();
  if (known.statusCode === 200) return;
  const begun = await session.ask({
    method: 'POST',
    url: new URL('blobs/uploads/', session.url),
    headers: { 'content-length': '0' },
    body: Buffer.alloc(0),
  });
  await expectStatus(session, begun, 202);
  const next = followed(
    { url: new URL('blobs/uploads/', session.url), hops: 0, trusted: true },
    begun.headers.location,
  );
  if ('refused' in next)
    throw new Refused('E_OCI_REGISTRY', `${next.refused} for an upload`, { again: 'unless-changed' });
  next.url.searchParams.set('digest', digest);
  const answer = await session.ask({
    method: 'PUT',
    url: next.url,
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
    body,
  });
  await expectStatus(session, answer, 201);
}

/** Throws `Refused` with what the registry says about it. */
async function expectStatus(
  session: RegistrySession,
  answer: IncomingMessage,
  wanted: number,
): Promise<void> {
  if (answer.statusCode === wanted) {
    answer.destroy();
    return;
  }
  const status = answer.statusCode ?? 0;
  const spec = { maxBytes: 65_536, what: 'answer', signal: session.signal };
  const text = await readText(answer, spec).catch(() => '');
  const detail = /"message"\s*:\s*"([^"\p{C}]{1,200})"/u.exec(text)?.[1];
  const refused = refusedStatus(status, answer.headers, Date.now());
  throw detail === undefined
    ? refused
    : new Refused(refused.code, `${refused.message}: ${detail}`, { again: refused.again });
}

async function* readWhole(handle: FileHandle): AsyncIterable<Buffer> {
  for (let position = 0; ; ) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

async function hashOf(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readWhole(handle)) hash.update(chunk);
  return hash.digest('hex');
}
