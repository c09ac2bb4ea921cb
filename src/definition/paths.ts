/** Is this a plain path? Text only: symbolic links are found where the path is used. */
import type { ErrorCode } from '../model/index.js';
import { quoted } from './finding.js';

export interface PathFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

const encoder = new TextEncoder();

/** What is wrong with an absolute path, or null. Relative ones are the schema's matter. */
export function pathFault(path: string): PathFault | null {
  return lengthFault(path) ?? formFault(path, path.split('/').slice(1), '/');
}

/** What is wrong with a path in the repository, or null. */
export function repositoryPathFault(path: string): PathFault | null {
  return lengthFault(path) ?? formFault(path, path.split('/'), '');
}

function lengthFault(path: string): PathFault | null {
  const bytes = encoder.encode(path).length;
  if (bytes > 4_095) {
    return {
      code: 'E_PATH_LENGTH',
      message: `${quoted(path)} has ${bytes} bytes`,
      hint: 'use 4095 bytes at most',
    };
  }
  const part = path.split('/').find((p) => encoder.encode(p).length > 255);
  if (part === undefined) return null;
  return {
    code: 'E_PATH_LENGTH',
    message: `the part ${quoted(part)} has ${encoder.encode(part).length} bytes`,
    hint: 'use 255 bytes at most for each part of a path',
  };
}

function formFault(path: string, parts: readonly string[], root: string): PathFault | null {
  const fault = (message: string, hint: string): PathFault => ({ code: 'E_PATH', message, hint });
  if (/[\p{Cc}]/u.test(path)) return fault(`${quoted(path)} has a control character`, 'remove it');
  if (path === '/') return null;
  if (parts.includes('..')) return fault(`${quoted(path)} has a ".." part`, 'write the path itself');
  if (!parts.includes('.') && !parts.includes('')) return null;
  const normal = root + parts.filter((part) => part !== '.' && part !== '').join('/');
  return fault(`${quoted(path)} is not in its plain form`, `write ${quoted(normal)}`);
}

/** The folder without a `./` in front and a slash at its end: both are often written and mean nothing. */
export function plainRepositoryPath(text: string): string {
  return text.replace(/^\.\/(?=[^/])/, '').replace(/(?<=[^/])\/$/, '');
}

/** True when `path` is `directory` or lies in it, by text. */
export function isWithin(path: string, directory: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}
