/** The form of minisign's keys and signatures, as far as it takes to say what is wrong: who signed, and for which file. Whether a signature is right is minisign's business. Pure. */

/** 16 hex digits, as minisign prints it. */
export type KeyId = string;

const algorithmBytes = 2;
const idBytes = 8;

/** The public key of a key file (with or without its comment), null when it is none. */
export function publicKeyIn(text: string): { readonly base64: string; readonly id: KeyId } | null {
  const base64 = text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('untrusted comment:'));
  const bytes = decoded(base64, algorithmBytes + idBytes + 32);
  if (base64 === undefined || bytes === null || bytes.toString('latin1', 0, algorithmBytes) !== 'Ed')
    return null;
  return { base64, id: idOf(bytes) };
}

/** Who made a detached signature; null when it is none, or is one of the old kind, for which the whole file has to be in memory. */
export function signerIn(text: string): KeyId | null {
  const lines = text.split('\n');
  const bytes = decoded(lines[1]?.trim(), algorithmBytes + idBytes + 64);
  if (bytes === null || lines[0]?.startsWith('untrusted comment:') !== true) return null;
  if (lines[2]?.startsWith('trusted comment:') !== true) return null;
  return bytes.toString('latin1', 0, algorithmBytes) === 'ED' ? idOf(bytes) : null;
}

/** Name of the file that a trusted comment binds the signature to; null when it names none, or several. */
export function nameIn(trustedComment: string): string | null {
  const names = trustedComment
    .trim()
    .split(/\t| +(?=\w+:)/)
    .flatMap((field) => /^file:(.+)$/.exec(field)?.[1] ?? []);
  return names.length === 1 ? (names[0] ?? null) : null;
}

function decoded(base64: string | undefined, bytes: number): Buffer | null {
  if (base64 === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  const buffer = Buffer.from(base64, 'base64');
  return buffer.length === bytes ? buffer : null;
}

/** minisign prints the eight bytes as one little-endian number. */
function idOf(bytes: Buffer): KeyId {
  return bytes
    .readBigUInt64LE(algorithmBytes)
    .toString(16)
    .toUpperCase()
    .padStart(2 * idBytes, '0');
}
