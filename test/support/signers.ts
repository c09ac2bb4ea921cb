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
    const list = this.runGpg('--with-colons', '--list-keys', `${name}@example.test`);
    return /^fpr:+([0-9A-F]{40}):/m.exec(list)?.[1] ?? '';
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
    const program = join(this.#directory, `gpg-${digest}`);
    const script = `#!/bin/sh\nexec gpg --homedir '${this.#gnupgHome}' --digest-algo ${digest} "$@"\n`;
    writeFileSync(program, script, { mode: 0o755 });
    git('config', 'gpg.program', program);
  }

  end(): void {
    if (!this.#hasAgent) return;
    execFileSync('gpgconf', ['--homedir', this.#gnupgHome, '--kill', 'all'], { stdio: 'ignore' });
  }

  private runGpg(...args: readonly string[]): string {
    this.#hasAgent = true;
    return execFileSync('gpg', ['--homedir', this.#gnupgHome, '--batch', '--quiet', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }
}
