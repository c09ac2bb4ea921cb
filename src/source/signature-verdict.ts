/**
 * What is a commit's signature worth? Only what Git calls good (`%G?` is `G`) by a key that is listed counts; everything else is refused, with the reason for people. Pure; reads what Git and
 * ssh-keygen print under LC_ALL=C.
 */
import { RackError } from '../model/index.js';

/** Format of `git log` for `parseSignatures`: commit, verdict, key that signed, its primary key. */
export const signatureFormat = '--format=%H|%G?|%GF|%GP';

export interface CommitSignature {
  readonly revision: string;
  /** `%G?`: G good, N none, B bad, U good by a key that no entry allows, E not checked, X and Y expired, R revoked. */
  readonly state: string;
  /** `SHA256:…` or 40 hex digits; empty when Git names none. */
  readonly key: string;
  readonly primaryKey: string;
}

/** One a line, in the order of the lines; a line that is none of ours throws a plain Error: then nothing was checked. */
export function parseSignatures(output: string): readonly CommitSignature[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const match = /^([0-9a-f]{40})\|([A-Z])\|([0-9A-Za-z:+/]*)\|([0-9A-Za-z:+/]*)$/.exec(line);
      const [, revision, state, key, primaryKey] = match ?? [];
      if (revision === undefined || state === undefined) throw new Error('unknown line of git log');
      return { revision, state, key: key ?? '', primaryKey: primaryKey ?? '' };
    });
}

export interface ListedKeys {
  readonly ssh: ReadonlySet<string>;
  readonly gpg: ReadonlySet<string>;
}

/** True only for a good signature by a listed key. */
export function counts({ state, key, primaryKey }: CommitSignature, listed: ListedKeys): boolean {
  return state === 'G' && (listed.ssh.has(key) || listed.gpg.has(key) || listed.gpg.has(primaryKey));
}

/** Why it does not count. `said`: what verify-commit printed about it, `kinds`: of keys that are listed, for people. */
export function refusalOf(signature: CommitSignature, said: string, kinds: string): RackError {
  const { revision, state } = signature;
  const key = signature.key === '' ? '' : ` ${signature.key}`;
  const refused = (code: RefusalCode, why: string, hint: string): RackError =>
    new RackError(code, `cannot move to commit ${revision}: ${why}`, {
      blame: code === 'E_SIG_VERIFIER' ? 'host' : 'definition',
      hint: `${hint}; the last verified revision stays in force`,
    });
  const byKey = (why: string): RackError =>
    refused('E_SIG_KEY', why, 'sign it with a key that is listed, and push again');
  if (/cannot (?:run|exec|spawn)/.test(said))
    return refused(
      'E_SIG_VERIFIER',
      `its signature cannot be checked (${firstLine(said)})`,
      'install ssh-keygen (openssh-client) or gpg',
    );
  switch (state) {
    case 'N':
      return refused('E_SIG_MISSING', `it has no ${kinds} signature`, 'sign it and push again');
    case 'G':
      return byKey(`it is signed by the key${key}, which is not listed`);
    case 'U': {
      const reason = /key (?:has expired|is not yet valid): [^\n]*/.exec(said)?.[0];
      return byKey(`it is signed by the key${key}, ${reason ?? 'which is not in the allowed signers file'}`);
    }
    case 'Y':
    case 'X':
      return byKey(`it is signed by the key${key}, which has expired`);
    case 'R':
      return byKey(`it is signed by the key${key}, which is revoked`);
    case 'E':
      if (/\bNO_PUBKEY\b/.test(said))
        return byKey('it is signed by a key that is not in the OpenPGP keys file');
      break;
    case 'B':
      break;
    default:
      return refused(
        'E_SIG_VERIFIER',
        `its signature got an unknown verdict "${state}"`,
        'see rackops doctor',
      );
  }
  return refused(
    'E_SIG_INVALID',
    `its signature does not hold: ${whyNot(said)}`,
    'find out where the commit comes from, and sign it anew',
  );
}

type RefusalCode = 'E_SIG_MISSING' | 'E_SIG_INVALID' | 'E_SIG_KEY' | 'E_SIG_VERIFIER';

function whyNot(said: string): string {
  if (/namespace does not match/.test(said)) return 'it was made for something else than Git (namespace)';
  if (/invalid format/.test(said)) return 'it is damaged';
  if (/\bERRSIG\b/.test(said)) return 'it is of an algorithm that proves nothing any more';
  return 'it is not one over this commit, or its key is revoked or not meant for Git';
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 200) ?? '';
}
