/**
 * Names and paths of a Unix tree are bytes, and JSON is text. Valid UTF-8 stays as it is; a backslash is doubled; control characters and bytes that are no UTF-8 become `\xHH`. So every path has
 * exactly one text, every text of ours exactly one path, and ordinary paths look ordinary.
 */

const backslash = 0x5c;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /[\u0000-\u001f\u007f\\]/;

/** Text for bytes; never fails. `"a\nb"` → `"a\\x0ab"`. */
export function escapeBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  if (!special.test(text) && Buffer.byteLength(text) === buffer.length && Buffer.from(text).equals(buffer))
    return text;
  let escaped = '';
  for (let at = 0; at < buffer.length; ) {
    const character = characterAt(buffer, at);
    if (character === null || isControl(buffer[at])) {
      escaped += `\\x${(buffer[at] ?? 0).toString(16).padStart(2, '0')}`;
      at++;
    } else {
      escaped += character === '\\' ? '\\\\' : character;
      at += Buffer.byteLength(character);
    }
  }
  return escaped;
}

/** The bytes that `escapeBytes` made this text of; null for any other text. */
export function unescapeBytes(text: string): Buffer | null {
  const parts: Buffer[] = [];
  for (const [part] of text.matchAll(/\\x[0-9a-f]{2}|\\\\|[^\\]+|\\/gs)) {
    if (part === '\\') return null;
    if (part === '\\\\') parts.push(Buffer.from([backslash]));
    else if (part.startsWith('\\x')) parts.push(Buffer.from(part.slice(2), 'hex'));
    else parts.push(Buffer.from(part));
  }
  const bytes = Buffer.concat(parts);
  // Another text for the same bytes would make one path look like two.
  return escapeBytes(bytes) === text ? bytes : null;
}

/** The UTF-8 character that begins at `at`, or null when none does. */
function characterAt(buffer: Buffer, at: number): string | null {
  for (let length = 1; length <= 4 && at + length <= buffer.length; length++) {
    const bytes = buffer.subarray(at, at + length);
    const text = bytes.toString('utf8');
    if (Buffer.from(text).equals(bytes)) return text;
  }
  return null;
}

function isControl(byte: number | undefined): boolean {
  return byte !== undefined && (byte < 0x20 || byte === 0x7f);
}
