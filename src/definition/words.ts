/** Values in words of a message. Pure text. */
import { quoted, shown } from './finding.js';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON Schema's name of the value's type; whole numbers are `number` too. */
export function typeText(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** `text "x"`, `the number 1.10`, `a list`; `source` is how it was written. */
export function foundText(value: unknown, source: string | undefined): string {
  switch (typeText(value)) {
    case 'null':
      return 'nothing';
    case 'array':
      return 'a list';
    case 'object':
      return 'a mapping';
    case 'string':
      return `text ${quoted(String(value))}`;
    case 'number':
      return `the number ${shown(source ?? String(value))}`;
    default:
      return shown(source ?? String(value));
  }
}

/** The first example of a schema in YAML's flow form, or null. */
export function exampleOf(schema: unknown): string | null {
  if (!isRecord(schema) || !Array.isArray(schema.examples) || schema.examples.length === 0) return null;
  return flowText(schema.examples[0]);
}

function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (isRecord(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${flowText(item)}`)
      .join(', ')}}`;
  }
  if (
    typeof value === 'string' &&
    /^[A-Za-z0-9/-][\w./%-]*$/.test(value) &&
    !/^(?:true|false|null|[\d.-]+)$/.test(value)
  ) {
    return value;
  }
  return JSON.stringify(value);
}
