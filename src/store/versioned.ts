/**
 * JSON documents with a `format` number: older ones are migrated step by step, newer ones are refused, broken ones are replaced by the generation before.
 * Reading only; what to warn about is returned.
 */
import { sha256Hex } from '../lib/index.js';
import { RackError } from '../model/index.js';
import { readIfThere } from './atomic.js';

/** From format n to n + 1; index 0 migrates format 1. Each has a test of its own. */
export type Migration = (document: Readonly<Record<string, unknown>>) => Record<string, unknown>;
const migrations: readonly Migration[] = [];

export interface ReadResult<T> {
  readonly value: T | null;
  /** Set when the current file was unreadable: what was used instead. */
  readonly warning: string | null;
}

/** The document as text, with a sum over it as its last field: a flipped bit inside a string is no syntax error. */
export function sealed(document: object): string {
  const body = JSON.stringify(document);
  return `${body.slice(0, -1)},"sum":"${sumOf(body)}"}`;
}

/**
 * The document at `path`; null when there is none. `isWhole` says whether a parsed object has the fields that make it one. One that somebody edited by hand
 * counts as damaged: its sum is wrong. Error: E_STATE_NEWER.
 */
export async function readVersioned<T>(
  path: string,
  isWhole: (value: unknown) => value is T,
): Promise<ReadResult<T>> {
  const text = await readIfThere(path);
  // Without the current file its predecessor is no truth: the file was deleted on purpose.
  if (text === null) return { value: null, warning: null };
  const current = parse(path, text, isWhole);
  if (current !== null) return { value: current, warning: null };
  const old = await readIfThere(`${path}.old`);
  const previous = old === null ? null : parse(path, old, isWhole);
  // Damaged, but with a number beyond ours in it, and nothing to put in its place: rather refused than forgotten.
  if (previous === null) refuseNewer(path, [text, old]);
  const instead =
    previous === null ? 'there is no readable generation before it' : 'the generation before it is used';
  return { value: previous, warning: `"${path}" is damaged, ${instead}` };
}

function parse<T>(path: string, text: string, isWhole: (value: unknown) => value is T): T | null {
  const seal = /,"sum":"([0-9a-f]{16})"\}$/.exec(text);
  if (seal === null) return null;
  const body = `${text.slice(0, seal.index)}}`;
  if (seal[1] !== sumOf(body)) return null;
  const migrated = migrate(path, json(body), migrations);
  return isWhole(migrated) ? migrated : null;
}

function refuseNewer(path: string, texts: readonly (string | null)[]): void {
  for (const text of texts) if (text !== null) migrate(path, json(text), migrations);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Against damage, not against people: 64 bits are plenty. */
function sumOf(body: string): string {
  return sha256Hex(body).slice(0, 16);
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
