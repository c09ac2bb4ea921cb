/**
 * One definition file by itself: bytes to a rack with everything that is wrong in the file. Knows no other file, no host, not even its own name:
 * the result is kept for as long as the blob exists.
 */
import type { Rack } from '../model/generated/index.js';
import { durationFindings } from './durations.js';
import { Fields } from './fields.js';
import { type Finding, isWarning, type Place, quoted } from './finding.js';
import { validateRack } from './generated/validators.js';
import { maxFindingsPerFile } from './limits.js';
import { rackNotInForce } from './not-in-force.js';
import { pathFindings } from './path-rules.js';
import { schemaFindings } from './schema-errors.js';
import { serviceFindings } from './service-rules.js';
import { readText } from './text.js';
import { isRecord } from './words.js';
import { readYaml } from './yaml.js';

export interface ParsedRack {
  /** Null when the file has an error. `image.sha256` is 64 lower-case digits. */
  readonly rack: Rack | null;
  /** The name field when it is readable as text, whatever else is wrong. */
  readonly name: string | null;
  /** Sorted by place. */
  readonly findings: readonly Finding[];
  /** Place of a field, for findings that only show up beside other files. Reads the text again: such findings are rare, places are large. */
  placeOf(pointer: string): Place;
}

/** Effects: none. Never throws for wrong input. */
export function parseRack(bytes: Uint8Array): ParsedRack {
  const { text, finding } = readText(bytes);
  if (text === null) return { rack: null, name: null, findings: [finding], placeOf: () => finding };
  const { value, places, findings: syntax } = readYaml(text);
  const placeOf = (pointer: string): Place => readYaml(text).places.ofValue(pointer);
  const written = isRecord(value) && typeof value.name === 'string' ? value.name : null;
  const name = value === undefined ? nameIn(text) : written;
  if (value === undefined) return { rack: null, name, findings: sorted(syntax), placeOf };

  const isValid = validateRack(value);
  const fields = new Fields(value, places);
  const findings = merged([
    syntax.filter((f) => f.code !== 'E_AMBIGUOUS_NUMBER'),
    schemaFindings(validateRack.errors ?? [], places),
    // How a number was written only matters where a number is wanted.
    syntax,
    isRecord(value)
      ? [
          ...modeFindings(fields, ['/files/*/mode', '/services/*/listen/*/mode']),
          ...pathFindings(fields),
          ...serviceFindings(fields),
          ...durationFindings(fields),
          ...nulFindings(fields, value),
          ...rackNotInForce(fields),
        ]
      : [],
  ]);
  const rack = isValid && findings.every(isWarning) ? normalised(value) : null;
  return { rack, name, findings, placeOf };
}

/** `mode: 100` is 0144 to YAML and 0100 to people. */
export function modeFindings(fields: Fields, patterns: readonly string[]): readonly Finding[] {
  const modes = patterns.flatMap((pattern) => fields.each(pattern));
  return modes.flatMap(({ pointer, value }) => {
    const source = fields.sourceOf(pointer) ?? '';
    if (typeof value !== 'number' || source.startsWith('0o')) return [];
    return [
      fields.finding(
        pointer,
        'E_AMBIGUOUS_NUMBER',
        `the number ${source} is decimal`,
        'write "0644" in quotes, or 0o644',
      ),
    ];
  });
}

/** The name of a file that is no valid YAML: enough to say which rack is held back. */
function nameIn(text: string): string | null {
  return /^name:[ ]*["']?([a-z][a-z0-9-]{0,31})["']?[ ]*(?:#.*)?$/m.exec(text)?.[1] ?? null;
}

function normalised(rack: Rack): Rack {
  const sha256 = rack.image.sha256.replace(/^sha256:/, '').toLowerCase();
  return { ...rack, image: { ...rack.image, sha256 } };
}

/** One finding for each field: a later check has nothing to add to what an earlier one refused. */
export function merged(groups: readonly (readonly Finding[])[]): readonly Finding[] {
  const kept: Finding[] = [];
  const known = new Set<Finding>();
  const taken = new Set<string>();
  for (const group of groups) {
    const fresh = group.filter((f) => !known.has(f) && (f.pointer === '' || !taken.has(f.pointer)));
    kept.push(...fresh);
    for (const finding of fresh) {
      known.add(finding);
      taken.add(finding.pointer);
    }
  }
  return sorted(kept).slice(0, maxFindingsPerFile);
}

function sorted(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (a, b) =>
      a.line - b.line || a.column - b.column || (a.pointer < b.pointer ? -1 : a.pointer > b.pointer ? 1 : 0),
  );
}

/** A NUL ends every string in the kernel: what comes after it would silently be lost. */
export function nulFindings(fields: Fields, value: unknown, pointer = ''): readonly Finding[] {
  if (typeof value === 'string') {
    if (!value.includes('\0')) return [];
    return [
      fields.finding(pointer, 'E_INVISIBLE_CHAR', `${quoted(value)} has a NUL character`, 'remove the \\0'),
    ];
  }
  return fields.each(`${pointer}/*`).flatMap((child) => nulFindings(fields, child.value, child.pointer));
}
