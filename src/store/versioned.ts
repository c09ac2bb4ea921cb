/**
 * JSON documents with a `format` number: older ones are migrated step by step, newer ones are refused, broken ones are replaced by the generation before.
 * Reading only; what to warn about is returned.
 */
import { RackError } from '../model/index.js';
import { readIfThere } from './atomic.js';

export const currentFormat = 1;

/** From format n to n + 1; index 0 migrates format 1. Each has a test of its own. */
export type Migration = (document: Readonly<Record<string, unknown>>) => Record<string, unknown>;
const migrations: readonly Migration[] = [];

export interface ReadResult<T> {
  readonly value: T | null;
  /** Set when the current file was unreadable: what was used instead. */
  readonly warning: string | null;
}

/**
 * The document at `path`; null when there is none. `isWhole` says whether a parsed object has the fields that make it one.
 * Error: E_STATE_NEWER.
 */
export async function readVersioned<T>(
  path: string,
  isWhole: (value: unknown) => value is T,
): Promise<ReadResult<T>> {
  const text = await readIfThere(path);
  const current = text === null ? null : parse(path, text, isWhole);
  if (current !== null) return { value: current, warning: null };
  const old = await readIfThere(`${path}.old`);
  // Without the current file its predecessor is no truth: the file was deleted on purpose.
  if (text === null) return { value: null, warning: null };
  const previous = old === null ? null : parse(path, old, isWhole);
  const instead =
    previous === null ? 'there is no readable generation before it' : 'the generation before it is used';
  return { value: previous, warning: `"${path}" is unreadable, ${instead}` };
}

function parse<T>(path: string, text: string, isWhole: (value: unknown) => value is T): T | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const migrated = migrate(path, document, migrations);
  return isWhole(migrated) ? migrated : null;
}

/** Applies the migrations from the document's format on. Error: E_STATE_NEWER for a format beyond the last one. */
export function migrate(path: string, document: unknown, steps: readonly Migration[]): unknown {
  if (!isObject(document) || typeof document.format !== 'number') return document;
  const newest = steps.length + 1;
  if (document.format > newest) {
    throw new RackError(
      'E_STATE_NEWER',
      `cannot read "${path}": format ${document.format}, this rackops knows up to ${newest}`,
      {
        hint: 'install the newer rackops again; nothing was changed',
      },
    );
  }
  let result = document;
  for (const step of steps.slice(document.format - 1)) result = step(result);
  return result;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
