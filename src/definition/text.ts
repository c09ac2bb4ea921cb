/**
 * Is this text that may be given to the YAML parser? Looks at bytes and lines only, so that hostile or broken files cost nothing and get
 * one clear message instead of many syntax errors. Never builds values.
 */
import { deepPlace } from './depth.js';
import { codePoint, type Finding, type Place } from './finding.js';
import { maxDefinitionBytes, maxDepth } from './limits.js';

export type TextResult =
  | { readonly text: string; readonly finding: null }
  | { readonly text: null; readonly finding: Finding };

/** The file's text without byte order mark and with LF line ends, or why it is not read. Effects: none. */
export function readText(bytes: Uint8Array): TextResult {
  if (bytes.length > maxDefinitionBytes) return refuse(tooLarge(bytes.length));
  const text = decode(bytes);
  if (typeof text !== 'string') return refuse(text);
  const finding =
    lfsPointer(text) ??
    empty(text) ??
    conflict(text) ??
    invisible(text) ??
    tab(text) ??
    directive(text) ??
    secondDocument(text) ??
    deep(text);
  return finding === null ? { text, finding: null } : refuse(finding);
}

/** The finding for a definition of that many bytes. */
export function tooLarge(bytes: number): Finding {
  return at(
    { line: 1, column: 1 },
    'E_FILE_TOO_LARGE',
    `the file has ${grouped(bytes)} bytes > ${grouped(maxDefinitionBytes)} bytes`,
    'a definition is a few kilobytes; put content into files and name them in `files`',
  );
}

/** 262144 → `262,144`. */
export function grouped(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

function refuse(finding: Finding): TextResult {
  return { text: null, finding };
}

function at(place: Place, code: Finding['code'], message: string, hint: string): Finding {
  return { ...place, code, pointer: '', message, hint };
}

function decode(bytes: Uint8Array): string | Finding {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return at({ line: 1, column: 1 }, 'E_ENCODING', 'the file is UTF-16', 'save it as UTF-8');
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.replaceAll('\r\n', '\n');
  } catch {
    const offset = firstInvalid(bytes);
    const before = new TextDecoder().decode(bytes.subarray(0, offset));
    const byte = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    return at(
      placeAt(before, before.length),
      'E_ENCODING',
      `byte 0x${byte} is not UTF-8`,
      'save the file as UTF-8',
    );
  }
}

/** Offset of the first byte that does not continue valid UTF-8; found by halving, since decoding a prefix is cheap. */
function firstInvalid(bytes: Uint8Array): number {
  const valid = (length: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (valid(middle)) low = middle;
    else high = middle - 1;
  }
  return Math.min(low, bytes.length - 1);
}

/** Line and column of an offset in text with LF line ends. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let next = before.indexOf('\n'); next !== -1; next = before.indexOf('\n', next + 1)) line++;
  return { line, column: [...before.slice(start)].length + 1 };
}

function lfsPointer(text: string): Finding | null {
  if (!/^version https:\/\/git-lfs\.[^\n]*\noid sha256:/.test(text)) return null;
  return at(
    { line: 1, column: 1 },
    'E_LFS_POINTER',
    'this is a Git LFS pointer, not the file itself',
    'commit definitions as plain files: Git LFS is not read',
  );
}

function empty(text: string): Finding | null {
  if (!/^(?:[ \t]*(?:#.*)?(?:\n|$)|---[ \t]*(?:#.*)?(?:\n|$)|\.\.\.[ \t]*(?:\n|$))*$/.test(text)) return null;
  return at(
    { line: 1, column: 1 },
    'E_EMPTY',
    'the file is empty',
    'write the definition, or delete the file to remove the rack',
  );
}

function conflict(text: string): Finding | null {
  const match = /^(?:<{7}|>{7}|\|{7})(?: |$)/m.exec(text);
  if (!match) return null;
  return at(
    placeAt(text, match.index),
    'E_CONFLICT_MARKERS',
    'a merge conflict was committed',
    'resolve it and remove the lines with <<<<<<<, ======= and >>>>>>>',
  );
}

/** Spaces that are no white space to YAML, characters without width, and those that reorder text. */
const invisibleCharacter = /(?![\t\n ])[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}]|\u034f|\u115f|\u1160|\u3164|\uffa0/gu;

function invisible(text: string): Finding | null {
  for (const match of text.matchAll(invisibleCharacter)) {
    const place = placeAt(text, match.index);
    const before = text.slice(text.lastIndexOf('\n', match.index - 1) + 1, match.index);
    // A no-break space or a joined emoji in a comment harms nobody; what reorders text does, there too.
    const inComment = /^\s*#/.test(before) || (/\s#/.test(before) && !/["']/.test(before));
    if (inComment && /[\p{Zs}\u200d]/u.test(match[0])) continue;
    return at(
      place,
      'E_INVISIBLE_CHAR',
      `invisible or misleading character ${codePoint(match[0])}`,
      'replace it by a plain space, or write it as an escape in double quotes',
    );
  }
  return null;
}

/** Only tabs at the very beginning of a line: after spaces they may be the content of a block of text, which the parser knows. */
function tab(text: string): Finding | null {
  const match = /^\t[ \t]*[^\s#]/m.exec(text);
  return match === null ? null : tabFinding(placeAt(text, match.index));
}

export function tabFinding(place: Place): Finding {
  return at(place, 'E_YAML_TAB', 'a tab is used as indentation', 'indent with spaces');
}

function directive(text: string): Finding | null {
  const match = /^(?:[ \t]*(?:#.*)?\n)*%/.exec(text) ?? /\n\.\.\.[^\n]*\n(?:[ \t]*(?:#.*)?\n)*%/.exec(text);
  if (!match) return null;
  return at(
    placeAt(text, match.index + match[0].length - 1),
    'E_YAML_DIRECTIVE',
    'YAML directives are not supported',
    'remove the line that begins with %',
  );
}

function secondDocument(text: string): Finding | null {
  let content = false;
  let ended = false;
  let offset = 0;
  for (const line of text.split('\n')) {
    const marker = /^---(?:\s|$)/.test(line);
    const blank = /^\s*(?:#.*)?$/.test(line);
    if ((marker && content) || (ended && !blank)) {
      return at(
        placeAt(text, offset),
        'E_MULTI_DOC',
        'a second document begins here; none of them is used',
        'write one rack per file',
      );
    }
    ended ||= /^\.\.\.(?:\s|$)/.test(line);
    content ||= marker || ended || !blank;
    offset += line.length + 1;
  }
  return null;
}

function deep(text: string): Finding | null {
  const offset = deepPlace(text);
  if (offset === null) return null;
  return tooDeep(placeAt(text, offset));
}

/** The finding for a place that is nested too deeply. */
export function tooDeep(place: Place): Finding {
  return at(
    place,
    'E_YAML_DEPTH',
    `nested more than ${maxDepth} levels deep`,
    'a definition needs about seven levels',
  );
}
