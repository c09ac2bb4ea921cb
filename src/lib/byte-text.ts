/** Names of files as text that says every byte of them, and back: what services write need not be UTF-8, and may hold line ends. */

/** Strict: what is no UTF-8 throws, and is written byte by byte. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Printable UTF-8 as it is; a backslash, control characters and bytes that are no UTF-8 as `\x5c`. One text for each name. Effects, errors: none. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    return decoder.decode(bytes).replace(/[\\\u0000-\u001f\u007f-\u009f]/g, (character) => {
      return [...Buffer.from(character)].map(escaped).join('');
    });
  } catch {
    return [...bytes]
      .map((byte) =>
        byte < 0x20 || byte >= 0x7f || byte === 0x5c ? escaped(byte) : String.fromCharCode(byte),
      )
      .join('');
  }
}

/** The bytes that `textOfBytes` says; a backslash that begins no `\x5c` is itself. Effects, errors: none. */
export function bytesOfText(text: string): Buffer {
  const parts = text.split(/(\\x[0-9a-f]{2})/);
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 1 ? Buffer.from([Number.parseInt(part.slice(2), 16)]) : Buffer.from(part),
    ),
  );
}

function escaped(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
