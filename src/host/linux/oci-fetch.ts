/**
 * Brings a container image into an OCI layout of our own, by skopeo. TLS always; no credentials but those of the file that is named; from a registry by digest, so that what is recorded is what was fetched.
 */
import { createHash } from 'node:crypto';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { errorMessage } from '../../lib/index.js';
import { type HostPath, RackError, under } from '../../model/index.js';
import type { FetchedOci, OciFetchRequest, OciSource } from '../oci-images.js';
import { streamBound } from './bound-program.js';
import { whileSpaceLasts } from './free-space.js';
import { environmentProxies } from './proxies.js';

const inspectMs = 120_000;
/** 10 GB at 3 MB/s. */
const copyMs = 3_600_000;
/** Registries have a bad moment now and then. */
const retries = '2';
/** Manifests and configurations are a few KiB. */
const maxJsonBytes = 4 * 1_048_576;
/** Name of the image in our layout. */
export const layoutTag = 'image';

/** Accepting it says nothing about who made it: that is what signatures of the rack image are for. Its digests are checked. */
const policy = '{"default":[{"type":"insecureAcceptAnything"}]}';

/** As of `OciImages.fetch`. */
export async function fetchOci(request: OciFetchRequest): Promise<FetchedOci> {
  const { source, directory, progress } = request;
  const layout = under(directory, 'layout');
  const options = await skopeoOptions(request);
  const name = `${source.transport}:${source.reference}`;
  const digest = await whileSpaceLasts(directory, request.signal, async (signal) => {
    progress(`asking for ${name}`);
    // Of an archive that is work too: it is unpacked for that.
    const digest = await digestOf(source, options, signal);
    const result = await streamBound('skopeo', copyArguments(options, pinned(source, digest), layout), {
      timeoutMs: copyMs,
      env: environmentProxies(),
      onLine: progress,
      signal,
    });
    if (result.exitCode !== 0) throw notFetched(name, skopeoReason(result.tail.join('\n')) ?? result.explain);
    return digest;
  });
  return { layout, digest, ...(await readLayout(layout)) };
}

interface SkopeoOptions {
  readonly globals: readonly string[];
  readonly authFile: HostPath;
  readonly certDirectory: HostPath | null;
}

async function skopeoOptions({
  directory,
  authFile,
  certDirectory,
}: OciFetchRequest): Promise<SkopeoOptions> {
  const policyFile = under(directory, 'policy.json');
  await writeFile(policyFile, policy, { mode: 0o600 });
  // An empty one, because without any it would take what root has logged in to.
  const noCredentials = under(directory, 'auth.json');
  await writeFile(noCredentials, '{"auths":{}}', { mode: 0o600 });
  if (authFile !== null) await refuseReadable(authFile);
  const globals = ['--policy', policyFile, '--tmpdir', directory, '--override-os', 'linux'];
  return { globals, authFile: authFile ?? noCredentials, certDirectory };
}

/** Pure: the arguments of skopeo. umoci knows gzip and nothing newer. */
function copyArguments(
  { globals, authFile, certDirectory }: SkopeoOptions,
  from: string,
  layout: HostPath,
): string[] {
  return [
    ...globals,
    'copy',
    '--retry-times',
    retries,
    '--src-authfile',
    authFile,
    '--src-tls-verify=true',
    ...(certDirectory === null ? [] : ['--src-cert-dir', certDirectory]),
    '--format',
    'oci',
    '--dest-compress',
    '--dest-compress-format',
    'gzip',
    '--',
    from,
    `oci:${layout}:${layoutTag}`,
  ];
}

async function digestOf(
  { transport, reference }: OciSource,
  { globals, authFile, certDirectory }: SkopeoOptions,
  signal: AbortSignal,
): Promise<string> {
  const name = `${transport}:${reference}`;
  const certificates = certDirectory === null ? [] : ['--cert-dir', certDirectory];
  const flags = [
    '--no-tags',
    '--format',
    '{{.Digest}}',
    '--retry-times',
    retries,
    '--authfile',
    authFile,
    '--tls-verify=true',
  ];
  const args = [...globals, 'inspect', ...flags, ...certificates, '--', name];
  const timeoutMs = transport.endsWith('-archive') ? copyMs : inspectMs;
  const { exitCode, tail, explain } = await streamBound('skopeo', args, {
    timeoutMs,
    env: environmentProxies(),
    signal,
  });
  if (exitCode !== 0) throw notFetched(name, skopeoReason(tail.join('\n')) ?? explain);
  const digest = tail.findLast((line) => /^sha256:[0-9a-f]{64}$/.test(line));
  if (digest !== undefined) return digest;
  throw notUsable(name, 'it has no sha256 digest');
}

/** A registry's tag may move between two questions; a digest cannot. */
export function pinned({ transport, reference }: OciSource, digest: string): string {
  if (transport !== 'docker') return `${transport}:${reference}`;
  const [, repository = reference] = /^(.*?\/.*?)(?:@[^/]*|:[^/:@]*)?$/.exec(reference) ?? [];
  return `docker:${repository}@${digest}`;
}

/** The last `msg` of its log, without what is only skopeo's; null when there is none. */
export function skopeoReason(stderr: string): string | null {
  const messages = [...stderr.matchAll(/level=fatal msg="((?:[^"\\]|\\.)*)"/g)];
  const text = messages.at(-1)?.[1];
  return text === undefined ? null : text.replace(/\\(.)/g, '$1');
}

/** Both blobs are of the layout that skopeo has just written, and are checked all the same: a digest is what goes into the provenance. */
async function readLayout(
  layout: HostPath,
): Promise<{ readonly sizeBytes: number; readonly config: unknown }> {
  const index = await readJson(under(layout, 'index.json'));
  const manifest = await readBlob(layout, field(array(field(index, 'manifests'))[0], 'digest'));
  const config = await readBlob(layout, field(field(manifest, 'config'), 'digest'));
  const sizes = array(field(manifest, 'layers')).map((layer) => Number(field(layer, 'size')));
  return { sizeBytes: sizes.reduce((sum, size) => sum + size, 0), config };
}

async function readBlob(layout: HostPath, digest: unknown): Promise<unknown> {
  const hex = typeof digest === 'string' ? /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1] : undefined;
  if (hex === undefined) throw notUsable(layout, 'a digest in it is no sha256');
  return await readJson(under(layout, 'blobs', 'sha256', hex), hex);
}

async function readJson(file: HostPath, sha256: string | null = null): Promise<unknown> {
  // A stranger's may be as long as it likes.
  if ((await stat(file)).size > maxJsonBytes)
    throw notUsable(file, `it is longer than ${maxJsonBytes} bytes`);
  const bytes = await readFile(file);
  if (sha256 !== null && createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw notUsable(file, 'its content has another digest');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw notUsable(file, errorMessage(error));
  }
}

function field(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' && name in value ? Reflect.get(value, name) : undefined;
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Error: E_CONFIG_PERM. */
async function refuseReadable(authFile: HostPath): Promise<void> {
  const handle = await open(authFile, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new RackError('E_CONFIG', `cannot read the credentials "${authFile}": ${cause.code}`, { cause });
  });
  const { uid, mode } = await handle.stat().finally(() => handle.close());
  if (uid === 0 && (mode & 0o077) === 0) return;
  throw new RackError(
    'E_CONFIG_PERM',
    `cannot trust the credentials "${authFile}": others can read or change them`,
    {
      hint: `chown root "${authFile}" && chmod 0600 "${authFile}"`,
    },
  );
}

function notFetched(name: string, reason: string): RackError {
  return new RackError('E_OCI_FETCH', `cannot fetch "${name}": ${reason}`, {
    hint: 'check the name; a registry that wants credentials gets those of --authfile, and needs TLS',
  });
}

function notUsable(name: string, reason: string): RackError {
  return new RackError('E_OCI_FORMAT', `cannot use "${name}": ${reason}`, {
    hint: 'ask whoever made the image',
  });
}
