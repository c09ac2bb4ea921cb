import { createHash } from 'node:crypto';
import { stableJson } from './stable-json.js';

/** sha256 of bytes or UTF-8 text, 64 lower-case hex digits. */
export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Digest of a JSON value, `sha256:<64 hex>`; independent of key order. */
export function digestOfValue(value: unknown): string {
  return `sha256:${sha256Hex(stableJson(value))}`;
}
