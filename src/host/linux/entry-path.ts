/** The path of an entry of a rack, as somebody typed it. */
import { bytesOfText, textOfBytes } from '../../lib/index.js';

/**
 * The names on the way, as bytes, the last one last; null when it is not written as `ShadowFinding` has it: from the root, no `.` nor `..` nor empty name, also not by an escape, and no zero byte. So there is one
 * text for each entry. Pure.
 */
export function entryNames(text: string): readonly Buffer[] | null {
  const bytes = bytesOfText(text);
  if (textOfBytes(bytes) !== text || bytes.includes(0)) return null;
  // As latin1 every byte is a character of its own.
  const [top, ...names] = bytes.toString('latin1').split('/');
  if (top !== '' || names.length === 0 || names.some((name) => ['', '.', '..'].includes(name))) return null;
  return names.map((name) => Buffer.from(name, 'latin1'));
}
