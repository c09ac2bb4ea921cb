/**
 * A throw-away directory with the keys that count and nothing else, for one check of signatures: ssh-keygen and gpg read copies there, never a user's key ring. Beside the mirror, root's alone;
 * what a killed process left is swept with the mirror's own leftovers.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { type HostPath, hostPath, RackError, under } from '../model/index.js';
import { gpgConfig, signatureConfig } from './environment.js';
import type { RunTool } from './ports.js';
import type { SignatureKeys } from './signature-keys.js';

export interface KeyDirectory {
  /** For GIT_CONFIG_GLOBAL. */
  readonly gitConfig: HostPath;
  readonly gnupgHome: HostPath;
  /** Fingerprints of the OpenPGP keys and subkeys that count, upper case. */
  readonly gpgFingerprints: ReadonlySet<string>;
}

export interface KeyDirectoryDeps {
  readonly mirror: HostPath;
  readonly timeoutMs: number;
  readonly runTool: RunTool;
}

/**
 * Runs `work` with the directory, which is gone afterwards. One at a time in a process. Errors: E_SIG_CONFIG for OpenPGP keys that gpg does not take, or a fingerprint that is not among them;
 * E_SIG_VERIFIER when gpg is missing or does not end.
 */
export async function withKeyDirectory<T>(
  deps: KeyDirectoryDeps,
  keys: SignatureKeys,
  work: (directory: KeyDirectory) => Promise<T>,
): Promise<T> {
  const path = hostPath(`${deps.mirror}.keys-${process.pid}`);
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o700 });
  try {
    const put = async (name: string, content: Buffer | string | null): Promise<HostPath | null> => {
      if (content === null) return null;
      const file = under(path, name);
      await writeFile(file, content, { mode: 0o600, flag: 'wx' });
      return file;
    };
    const allowedSigners = await put('allowed_signers', keys.allowedSigners);
    const revokedKeys = await put('revoked_keys', keys.revokedKeys);
    const gpgKeys = await put('keys.gpg', keys.gpgKeys);
    const gnupgHome = under(path, 'gnupg');
    await mkdir(gnupgHome, { mode: 0o700 });
    await writeFile(under(gnupgHome, 'gpg.conf'), gpgConfig, { mode: 0o600 });
    const gitConfig = under(path, 'gitconfig');
    const config = signatureConfig({ allowedSigners, revokedKeys, hasGpgKeys: gpgKeys !== null });
    await writeFile(gitConfig, config, { mode: 0o600 });
    const gpgFingerprints =
      gpgKeys === null ? new Set<string>() : await importKeys(deps, gnupgHome, gpgKeys, keys.gpgFingerprints);
    return await work({ gitConfig, gnupgHome, gpgFingerprints });
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

/** The keys are in the home; those of them that count. */
async function importKeys(
  deps: KeyDirectoryDeps,
  home: HostPath,
  file: HostPath,
  wanted: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const gpg = async (...args: readonly string[]): Promise<string> => {
    const options = { timeoutMs: deps.timeoutMs, env: { GNUPGHOME: home, HOME: '/dev/null' } };
    const result = await deps.runTool('gpg', ['--batch', ...args], options).catch((error: unknown) => {
      throw cannotCheck(error instanceof Error ? error.message : String(error), error);
    });
    if (result.timedOut || result.exitCode === null) throw cannotCheck(result.explain);
    if (result.exitCode !== 0) throw unusable(`gpg does not take them: ${result.explain}`);
    return result.stdout;
  };
  await gpg('--import', '--', file);
  const known = fingerprintsOf(await gpg('--with-colons', '--list-keys'));
  if (known.size === 0) throw unusable('gpg finds no public key in them');
  for (const fingerprint of wanted)
    if (!known.has(fingerprint)) throw unusable(`the key ${fingerprint} is not among them`);
  return wanted.size === 0 ? known : wanted;
}

/** Of `gpg --with-colons`: the tenth field of each `fpr` line. */
function fingerprintsOf(colons: string): ReadonlySet<string> {
  const lines = colons.split('\n').map((line) => line.split(':'));
  return new Set(lines.flatMap((fields) => (fields[0] === 'fpr' && fields[9] ? [fields[9]] : [])));
}

function unusable(why: string): RackError {
  return new RackError('E_SIG_CONFIG', `cannot use the keys of repository.verify.gpgKeysFile: ${why}`, {
    hint: 'write the public keys into it: gpg --export --armor KEY > FILE',
  });
}

function cannotCheck(why: string, cause?: unknown): RackError {
  return new RackError('E_SIG_VERIFIER', `cannot check signatures: ${why}`, {
    cause,
    hint: 'apt-get install gpg; nothing is applied until signatures can be checked',
  });
}
