/**
 * People who sign commits, with real keys: SSH keys from ssh-keygen, OpenPGP keys in a home of their own. Nothing of the user's key ring is read or written; `end` ends the gpg-agent that gpg
 * started for that home.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs git in a working copy; its output. */
export type Git = (...args: string[]) => string;

export class Signers {
  readonly #directory: string;
  readonly #gnupgHome: string;
  /** Times at which keys of the past sign, by fingerprint. */
  readonly #past = new Map<string, string>();
  #hasAgent = false;

  constructor(directory: string) {
    this.#directory = join(directory, 'signers');
    this.#gnupgHome = join(this.#directory, 'gnupg');
    mkdirSync(this.#gnupgHome, { recursive: true, mode: 0o700 });
  }

  /** A new SSH key; path of the private one, the public one is beside it with `.pub`. */
  ssh(name: string): string {
    const path = join(this.#directory, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
    return path;
  }

  /** A line of an allowed signers file. */
  allowed(key: string, options = ''): string {
    const [type, base64] = readFileSync(`${key}.pub`, 'utf8').split(' ');
    return `${['someone@example.test', options, type, base64].filter((word) => word !== '').join(' ')}\n`;
  }

  /** A new OpenPGP key; its fingerprint. `validity` as gpg has it. */
  gpg(name: string, validity = 'never', algorithm = 'ed25519'): string {
    const unlocked = ['--passphrase', '', '--quick-generate-key'];
    this.runGpg(...unlocked, `${name} <${name}@example.test>`, algorithm, 'sign', validity);
    return this.fingerprint(name);
  }

  /** A key that was good for a day in 2020, and has signed what it signs on that day. Its fingerprint. */
  expiredGpg(name: string): string {
    const time = ['--faked-system-time', '20200101T120000!'];
    const unlocked = ['--passphrase', '', '--quick-generate-key'];
    this.runGpg(...time, ...unlocked, `${name} <${name}@example.test>`, 'ed25519', 'sign', '1d');
    const key = this.fingerprint(name);
    this.#past.set(key, time.join(' '));
    return key;
  }

  /** A new subkey that signs; from now on it does. Its fingerprint. */
  gpgSubkey(key: string): string {
    this.runGpg('--passphrase', '', '--quick-add-key', key, 'ed25519', 'sign', 'never');
    return (
      [...this.runGpg('--with-colons', '--list-keys', key).matchAll(/^fpr:+([0-9A-F]{40}):/gm)].at(-1)?.[1] ??
      ''
    );
  }

  revokeGpg(key: string): void {
    const file = join(this.#gnupgHome, 'openpgp-revocs.d', `${key}.rev`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^:(?=-----)/m, ''));
    this.runGpg('--import', file);
  }

  exported(...keys: readonly string[]): string {
    return this.runGpg('--armor', '--export', ...keys);
  }

  /** Signs what `git commit` or `git merge` makes from now on in that working copy. `key`: a path of an SSH key or a fingerprint; null: nothing is signed. */
  use(git: Git, key: string | null, digest = 'SHA256'): void {
    git('config', 'commit.gpgSign', String(key !== null));
    if (key === null) return;
    git('config', 'user.signingKey', key);
    git('config', 'gpg.format', key.startsWith('/') ? 'ssh' : 'openpgp');
    // git knows of no home for gpg.
    const time = this.#past.get(key) ?? '';
    const program = join(this.#directory, `gpg-${digest}-${time === '' ? 'now' : 'past'}`);
    const script = `#!/bin/sh\nexec gpg --homedir '${this.#gnupgHome}' ${time} --digest-algo ${digest} "$@"\n`;
    writeFileSync(program, script, { mode: 0o755 });
    git('config', 'gpg.program', program);
  }

  end(): void {
    if (!this.#hasAgent) return;
    execFileSync('gpgconf', ['--homedir', this.#gnupgHome, '--kill', 'all'], { stdio: 'ignore' });
  }

  private fingerprint(name: string): string {
    const list = this.runGpg('--with-colons', '--list-keys', `${name}@example.test`);
    return /^fpr:+([0-9A-F]{40}):/m.exec(list)?.[1] ?? '';
  }

  private runGpg(...args: readonly string[]): string {
    this.#hasAgent = true;
    return execFileSync('gpg', ['--homedir', this.#gnupgHome, '--batch', '--quiet', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }
}
