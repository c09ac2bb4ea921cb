/** Reads whose signatures count, from the files that host.yaml names: each time anew, so that a key taken out of a file counts no more at once. Starts no process. */
import { readFile } from 'node:fs/promises';
import { sha256Hex } from '../lib/index.js';
import { type CommitVerification, type HostPath, RackError } from '../model/index.js';
import { signersOf } from './allowed-signers.js';
import { rootFileFault } from './root-file.js';

/** Contents, so that what was judged is what is used. */
export interface SignatureKeys {
  readonly allowedSigners: Buffer | null;
  readonly revokedKeys: Buffer | null;
  readonly gpgKeys: Buffer | null;
  /** SSH keys that count: `SHA256:…`. */
  readonly sshFingerprints: ReadonlySet<string>;
  /** OpenPGP keys or subkeys that count, upper case; empty: all of `gpgKeys`. */
  readonly gpgFingerprints: ReadonlySet<string>;
  /** Of all of it: another digest, another verdict. */
  readonly digest: string;
}

/** Larger is no list of keys of people, bytes. */
const maxFileBytes = 4 * 1_048_576;

/** Errors: E_SIG_CONFIG with the path, the reason and what to do. */
export async function readSignatureKeys(verify: CommitVerification): Promise<SignatureKeys> {
  const [allowedSigners, revokedKeys, gpgKeys] = await Promise.all([
    contentOf('allowed signers file', verify.allowedSignersFile),
    contentOf('revoked keys file', verify.revokedKeysFile),
    contentOf('OpenPGP keys file', verify.gpgKeysFile),
  ]);
  const contents = [allowedSigners, revokedKeys, gpgKeys].map((content) =>
    content === null ? '-' : sha256Hex(content),
  );
  return {
    allowedSigners,
    revokedKeys,
    gpgKeys,
    sshFingerprints: sshFingerprints(allowedSigners, verify.allowedSignersFile),
    gpgFingerprints: new Set(verify.gpgFingerprints),
    digest: sha256Hex([verify.mode, ...verify.gpgFingerprints, ...contents].join(' ')),
  };
}

async function contentOf(what: string, path: HostPath | null): Promise<Buffer | null> {
  if (path === null) return null;
  const fault = await rootFileFault(path, 0o022, maxFileBytes);
  if (fault !== null) throw refused(what, path, fault.why, fault.hint);
  const content = await readFile(path).catch((error: unknown) => {
    throw refused(what, path, 'it cannot be read', 'see the message', error);
  });
  if (content.toString('latin1').trim() === '')
    throw refused(what, path, 'it is empty', 'put the public keys into it');
  return content;
}

function sshFingerprints(content: Buffer | null, path: HostPath | null): ReadonlySet<string> {
  if (content === null || path === null) return new Set();
  const signers = signersOf(content.toString('utf8'));
  if (!('message' in signers)) return signers;
  const place = signers.line === 0 ? '' : `line ${signers.line}: `;
  throw refused(
    'allowed signers file',
    path,
    `${place}${signers.message}`,
    'one entry a line: name@example.org ssh-ed25519 AAAA…; see ssh-keygen(1), ALLOWED SIGNERS',
  );
}

function refused(what: string, path: HostPath, why: string, hint: string, cause?: unknown): RackError {
  return new RackError('E_SIG_CONFIG', `cannot use ${what} "${path}": ${why}`, { hint, cause });
}
