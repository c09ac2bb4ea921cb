/**
 * Signatures of images: whether what came from a source is signed as the source wants it. minisign checks; what passed is remembered, by the bytes, the name, the source and its keys, so that a boot needs neither
 * network nor signature. Fails closed: no program, no key, no signature, no image.
 */
import type { FileHandle } from 'node:fs/promises';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { digestOfValue, oneAtATime } from '../../lib/index.js';
import { type ImageRef, type ImageVerify, type Layout, RackError, under } from '../../model/index.js';
import { readOwnFile } from './fetch/credentials.js';
import { Refused } from './fetch/refused.js';
import { type KeyId, nameIn, publicKeyIn, signerIn } from './minisign-form.js';
import { findProgram, type ProgramResult, runProgram } from './programs.js';

/** An image of 16 GiB is read in less. */
const timeoutMs = 600_000;
/** So many images are remembered. */
const mostRemembered = 1_000;

/** What an image comes from: the source's name, and what it asks for. */
export interface Origin {
  readonly source: string;
  readonly verify: ImageVerify | null;
}

export interface Signatures {
  /** True when this image was found good for this origin before, with the keys as they are now. Errors: E_IMAGE_AUTH_FILE, E_IMAGE_SIG_FORMAT (a key). Reads. */
  isKnown(image: ImageRef, origin: Origin): Promise<boolean>;
  /** Signatures could be checked: asked before an image is fetched for nothing. Errors: E_IMAGE_AUTH_FILE, E_IMAGE_SIG_FORMAT (a key), E_PROGRAM_MISSING. Reads. */
  mustBeAble(verify: ImageVerify): Promise<void>;
  /** As `admit`, and nothing is remembered: for a file that others may change. */
  check(offer: Offer): Promise<string | null>;
  /**
   * The bytes of `handle` are signed as the origin wants it; remembered. `signature`: the text of `FILE.minisig`, null when there is none. `where` is for messages. Resolves to a remark, or
   * null. Errors: E_IMAGE_SIG_MISSING, E_IMAGE_SIG_FORMAT, E_IMAGE_SIG_KEY, E_IMAGE_SIG_CONTENT, E_IMAGE_SIG_NAME, E_IMAGE_AUTH_FILE (a key file), E_PROGRAM_MISSING, E_IMAGE_SIG_VERIFIER, the
   * signal's reason.
   */
  admit(offer: Offer): Promise<string | null>;
}

/** An image that wants to be let in. */
export interface Offer {
  readonly image: ImageRef;
  readonly origin: Origin;
  readonly handle: FileHandle;
  readonly signature: string | null;
  readonly where: string;
  readonly signal: AbortSignal;
}

export function createSignatures(layout: Layout): Signatures {
  const path = under(layout.state, 'image-signatures.json');
  const inTurn = oneAtATime();
  let proofs: Set<string> | null = null;

  async function known(): Promise<Set<string>> {
    proofs ??= parse(await readFile(path, 'utf8').catch(() => '[]'));
    return proofs;
  }

  async function remember(proof: string): Promise<void> {
    (await known()).add(proof);
    await inTurn('write', async () => {
      await writeFile(`${path}.tmp`, JSON.stringify([...(await known())].slice(-mostRemembered)), {
        mode: 0o600,
      });
      await rename(`${path}.tmp`, path);
    });
  }

  return {
    isKnown: async (image, origin) => {
      const proofs = await known();
      if (proofs.has(await proofOf(image, origin, origin.verify !== null))) return true;
      // Once signatures are required, what came without one is asked for it.
      return origin.verify?.required === false && proofs.has(await proofOf(image, origin, false));
    },
    mustBeAble: async (verify) => {
      await readKeys(verify);
      if (verify.required && findProgram('minisign') === null) throw missingProgram();
    },
    check: (offer) => check(layout, offer),
    admit: async (offer) => {
      const remark = await check(layout, offer);
      const { image, origin, signature } = offer;
      await remember(await proofOf(image, origin, origin.verify !== null && signature !== null));
      return remark;
    },
  };
}

/** A remark, or null. */
async function check(layout: Layout, offer: Offer): Promise<string | null> {
  const { image, origin, signature, where } = offer;
  const { verify } = origin;
  if (verify === null) return null;
  if (signature !== null) {
    await checkSignature(layout, offer, verify, signature);
    return null;
  }
  if (verify.required) throw missing(image, where);
  return `"${image.file}" from ${where} has no signature; images.verify does not require one`;
}

async function checkSignature(
  layout: Layout,
  { image, handle, where, signal }: Offer,
  verify: ImageVerify,
  signature: string,
): Promise<void> {
  const keys = await readKeys(verify);
  const signer = signerIn(signature);
  if (signer === null) {
    throw new RackError(
      'E_IMAGE_SIG_FORMAT',
      `cannot use "${image.file}": ${where}.minisig is no signature of minisign, or one of its old kind`,
      {
        hint: 'sign it with minisign 0.10 or newer, without -l',
      },
    );
  }
  const key = keys.get(signer);
  if (key === undefined) {
    throw new RackError(
      'E_IMAGE_SIG_KEY',
      `cannot use "${image.file}": ${where}.minisig is by the key ${signer}, trusted are ${[...keys.keys()].join(', ')}`,
      {
        hint: 'sign it with a trusted key, or add the key to verify.keys when it is right',
      },
    );
  }
  if (findProgram('minisign') === null) throw missingProgram();
  const result = await verified(layout, key, signature, handle, signal);
  signal.throwIfAborted();
  if (result.timedOut || result.exitCode === null) {
    throw new RackError(
      'E_IMAGE_SIG_VERIFIER',
      `cannot check the signature of "${image.file}": ${result.explain}`,
      { hint: 'look at the memory and the disk of this host (dmesg)' },
    );
  }
  if (result.exitCode !== 0) {
    throw new RackError(
      'E_IMAGE_SIG_CONTENT',
      `cannot use "${image.file}": ${where}.minisig is not a signature of these bytes (sha256 ${image.sha256})`,
      {
        hint: 'sign the image that the definition names, and put the signature beside it',
      },
    );
  }
  const name = nameIn(result.stdout);
  if (name === image.file) return;
  const named = name === null ? 'names no file' : `is for "${name}"`;
  throw new RackError(
    'E_IMAGE_SIG_NAME',
    `cannot use "${image.file}": ${where}.minisig ${named} in its trusted comment`,
    {
      hint: `sign it under its own name, or with -t "file:${image.file}"`,
    },
  );
}

/** What minisign says: of the very file that will be mounted, by its descriptor, and not of what has its name a moment later. */
async function verified(
  layout: Layout,
  key: string,
  signature: string,
  handle: FileHandle,
  signal: AbortSignal,
): Promise<ProgramResult> {
  // A file, because minisign opens it by name, and Node's pipes are sockets, which nobody can open.
  const path = under(layout.state, `image-${process.pid}-${handle.fd}.minisig`);
  await writeFile(path, signature, { mode: 0o600 });
  try {
    const image = `/proc/${process.pid}/fd/${handle.fd}`;
    return await runProgram('minisign', ['-V', '-H', '-Q', '-P', key, '-x', path, '-m', image], {
      timeoutMs,
      signal,
    });
  } finally {
    await rm(path, { force: true });
  }
}

/** base64 by id. Errors: E_IMAGE_AUTH_FILE, E_IMAGE_SIG_FORMAT. */
async function readKeys(verify: ImageVerify): Promise<ReadonlyMap<KeyId, string>> {
  const keys = new Map<KeyId, string>();
  for (const path of verify.keys) {
    const key = publicKeyIn(await readKeyFile(path));
    if (key === null) {
      throw new RackError(
        'E_IMAGE_SIG_FORMAT',
        `cannot use the key "${path}": it is no public key of minisign`,
        {
          hint: 'minisign -G makes a pair; the file with the public key belongs here',
        },
      );
    }
    keys.set(key.id, key.base64);
  }
  return keys;
}

async function readKeyFile(path: ImageVerify['keys'][number]): Promise<string> {
  try {
    return await readOwnFile(path, 0o022);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new RackError(error.code, error.message, {
      hint: `chown root:root ${path} && chmod 644 ${path}`,
      cause: error,
    });
  }
}

/** Another one when the bytes, the name, the source or the keys are others. */
async function proofOf(image: ImageRef, { source, verify }: Origin, signed: boolean): Promise<string> {
  const keys = verify === null ? [] : [...(await readKeys(verify)).values()].sort();
  return digestOfValue({ sha256: image.sha256, file: image.file, source, signed, keys });
}

function missingProgram(): RackError {
  return new RackError('E_PROGRAM_MISSING', 'cannot check signatures of images: minisign is not installed', {
    hint: 'apt-get install minisign; until then no image is taken that has to be signed',
  });
}

function missing(image: ImageRef, where: string): RackError {
  return new RackError('E_IMAGE_SIG_MISSING', `cannot use "${image.file}": there is no ${where}.minisig`, {
    hint: `minisign -S -m ${image.file}, and put ${image.file}.minisig beside it`,
  });
}

/** Something damaged is forgotten: signatures are checked again then. */
function parse(text: string): Set<string> {
  try {
    const value: unknown = JSON.parse(text);
    return new Set(Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
  } catch {
    return new Set();
  }
}
