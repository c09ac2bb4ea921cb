/**
 * A problem before it is known in which file it is: a blob is parsed once, whatever paths it has.
 * Never holds more than 40 characters of a value.
 */
import { shorten } from '../lib/index.js';
import type { ErrorCode, Problem } from '../model/index.js';
import { maxQuoted } from './limits.js';

/** 1-based; columns count characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Finding extends Place {
  readonly code: ErrorCode;
  readonly pointer: string;
  /** Lower case, no full stop. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/** The finding as a problem of a file. Codes that begin with `W_` are warnings. */
export function problemOf(finding: Finding, file: string, rack: string | null): Problem {
  return {
    code: finding.code,
    severity: isWarning(finding) ? 'warning' : 'error',
    file,
    line: finding.line,
    column: finding.column,
    pointer: finding.pointer,
    message: finding.message,
    hint: finding.hint,
    ...(rack === null ? {} : { rack }),
  };
}

export function isWarning(finding: Finding): boolean {
  return finding.code.startsWith('W_');
}

/** A value as it may appear in a message: one line, 40 characters, in double quotes. */
export function quoted(value: string): string {
  return `"${shown(value)}"`;
}

/** A value as it may appear in a message, without quotes. Control and invisible characters are written as code points. */
export function shown(value: string): string {
  return shorten(value, maxQuoted).replace(/[\p{C}\p{Zl}\p{Zp}\u00a0]/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return codePoint(character);
  });
}

/** `U+00A0`. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** One part of a JSON pointer. */
export function pointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
