/**
 * Which keys does an allowed signers file list (ssh-keygen(1), ALLOWED SIGNERS)? ssh-keygen decides whether a signature is good; this says whose it may be at all, and that a file is one.
 * Pure.
 */
import { createHash } from 'node:crypto';
import { shorten } from '../lib/index.js';

export interface SignersProblem {
  /** 1-based; 0: the whole file. */
  readonly line: number;
  readonly message: string;
}

const keyType = /^(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+$/;

/**
 * `SHA256:…` of each key, as ssh-keygen prints it, or the first thing that is wrong: a line that is no entry, no entry at all, or a certificate authority, whose certificates have fingerprints
 * that nobody listed.
 */
export function signersOf(text: string): ReadonlySet<string> | SignersProblem {
  const fingerprints = new Set<string>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const words = wordsOf(line);
    const at = words.findIndex((word, position) => position > 0 && keyType.test(word));
    const fingerprint = at === -1 || at > 2 ? null : fingerprintOf(words[at] ?? '', words[at + 1] ?? '');
    if (fingerprint === null)
      return { line: index + 1, message: `no name with a public key: "${shorten(line)}"` };
    if (at === 2 && /(?:^|,)cert-authority(?:,|$)/i.test(words[1] ?? ''))
      return { line: index + 1, message: 'certificate authorities are not supported: list the keys' };
    fingerprints.add(fingerprint);
  }
  return fingerprints.size === 0 ? { line: 0, message: 'it lists no key' } : fingerprints;
}

/** Words between white space; white space between double quotes belongs to its word. */
function wordsOf(line: string): readonly string[] {
  return line.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
}

/** Null: no base64 of a key of that type. */
function fingerprintOf(type: string, base64: string): string | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  const blob = Buffer.from(base64, 'base64');
  const named = Buffer.from(type);
  if (blob.length < 4 + named.length || blob.readUInt32BE(0) !== named.length) return null;
  if (!blob.subarray(4, 4 + named.length).equals(named)) return null;
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
