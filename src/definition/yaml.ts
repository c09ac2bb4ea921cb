/**
 * YAML text to a plain value with the place of every field. Only the JSON part of YAML: no tags, anchors, aliases, merge keys, duplicate keys.
 * Values are built here from the syntax nodes, so that numbers keep their source text and nothing is expanded. Never throws.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml';
import { type Finding, pointerPart, quoted, shown } from './finding.js';
import { maxDepth } from './limits.js';
import { Places } from './places.js';
import { placeAt, tabFinding, tooDeep } from './text.js';

export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

export interface YamlResult {
  /** Undefined when the syntax is wrong or something unsupported is in it. */
  readonly value: Value | undefined;
  readonly places: Places;
  readonly findings: readonly Finding[];
}

/** Reads one document. `text` has passed `readText`. */
export function readYaml(text: string): YamlResult {
  const places = new Places(text);
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    // Found by the reader below, with the place of the first one.
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const reader = new Reader(places);
  const value = document.contents === null ? null : reader.value(document.contents, '', 1);
  if (reader.unsupported) return { value: undefined, places, findings: reader.findings };
  // Later errors follow from the first; unknown tags are only warnings to the parser and were found by the reader.
  const first = document.errors.reduce<YAMLParseError | undefined>(
    (earliest, error) => (earliest === undefined || error.pos[0] < earliest.pos[0] ? error : earliest),
    undefined,
  );
  const error = first ?? document.warnings[0];
  if (error !== undefined) {
    return { value: undefined, places, findings: [syntaxFinding(error, text)] };
  }
  return { value, places, findings: reader.findings };
}

function syntaxFinding(
  error: { code: string; message: string; pos: [number, number] },
  text: string,
): Finding {
  const place = placeAt(text, error.pos[0]);
  if (error.code === 'BAD_ALIAS') return { ...aliasFinding, ...place };
  if (error.code === 'TAB_AS_INDENT') return tabFinding(place);
  const message = error.message.split('\n')[0] ?? '';
  return {
    ...place,
    code: 'E_YAML_SYNTAX',
    pointer: '',
    message: `cannot read the YAML: ${shortMessage(message)}`,
    hint: 'correct the syntax; text with special characters goes in quotes',
  };
}

/** The parser quotes values without limit; ours are cut at 40 characters. */
function shortMessage(message: string): string {
  const first = message.replace(/[.:]\s*$/, '');
  const lower = first.charAt(0).toLowerCase() + first.slice(1);
  return lower.replace(/("[^"]*"?|: .*)$/, (rest) => shown(rest));
}

const aliasFinding = {
  code: 'E_YAML_ALIAS',
  pointer: '',
  message: 'anchors, aliases and merge keys are not supported',
  hint: 'write the value out where it is needed',
} as const;

class Reader {
  readonly findings: Finding[] = [];
  unsupported = false;

  constructor(private readonly places: Places) {}

  value(node: Node | null, pointer: string, depth: number): Value {
    if (node === null) return null;
    if (depth > maxDepth + 1) {
      if (!this.findings.some((f) => f.code === 'E_YAML_DEPTH'))
        this.refuse(tooDeep(this.places.ofNode(node)));
      return null;
    }
    if (isAlias(node)) {
      this.refuse({ ...aliasFinding, ...this.places.ofNode(node), pointer });
      return null;
    }
    this.places.addValue(pointer, node);
    if (node.anchor !== undefined) {
      // The node begins after its anchor; the anchor is what has to go.
      this.refuse({ ...aliasFinding, ...this.places.before(node, '&'), pointer });
    }
    if (node.tag !== undefined) {
      const tag = node.tag.replace('tag:yaml.org,2002:', '!!');
      this.refuse({
        ...this.places.before(node, '!'),
        code: 'E_YAML_TAG',
        pointer,
        message: `the tag ${quoted(tag)} is not supported`,
        hint: 'write the value itself, without a tag',
      });
    }
    if (isMap(node)) return this.map(node, pointer, depth);
    if (isSeq(node)) {
      return node.items.map((item, index) => this.value(asNode(item), `${pointer}/${index}`, depth + 1));
    }
    return isScalar(node) ? this.scalar(node, pointer) : null;
  }

  private map(node: YAMLMap, pointer: string, depth: number): Value {
    const result: { [key: string]: Value } = {};
    const seen = new Map<string, Node>();
    for (const pair of node.items) {
      const key = asNode(pair.key);
      const name = isScalar(key) ? String(key.source ?? key.value ?? '') : null;
      if (isAlias(key)) {
        this.refuse({ ...aliasFinding, ...this.places.ofNode(key), pointer });
        continue;
      }
      if (key === null || name === null) {
        this.finding(key ?? node, pointer, 'E_TYPE', 'a key is not plain text', 'write keys as plain text');
        continue;
      }
      if (key.tag !== undefined) this.value(key, pointer, depth);
      if (key.anchor !== undefined || name === '<<') {
        this.refuse({ ...aliasFinding, ...this.places.ofNode(key), pointer });
        continue;
      }
      const child = `${pointer}/${pointerPart(name)}`;
      const first = seen.get(name);
      if (first !== undefined) {
        const { line, column } = this.places.ofNode(first);
        this.finding(
          key,
          child,
          'E_DUPLICATE_KEY',
          `the key ${quoted(name)} is written twice (first at ${line}:${column}); neither value is used`,
          'remove one of them',
        );
        delete result[name];
        continue;
      }
      seen.set(name, key);
      this.places.addKey(child, key);
      const value = this.value(asNode(pair.value), child, depth + 1);
      if (asNode(pair.value) === null) this.places.addValue(child, key);
      // `__proto__` becomes an ordinary key, which no schema knows.
      Object.defineProperty(result, name, { value, enumerable: true, configurable: true, writable: true });
    }
    return result;
  }

  private scalar(node: Scalar, pointer: string): Value {
    const { value } = node;
    if (typeof value === 'bigint') return Number(value);
    if (typeof value === 'number') {
      const source = node.source ?? String(value);
      this.places.addSource(pointer, source);
      if (isAmbiguous(source, value)) {
        this.finding(
          node,
          pointer,
          'E_AMBIGUOUS_NUMBER',
          `the number ${shown(source)} is read as ${value}`,
          /^[-+]?0\d+$/.test(source)
            ? `write "${source}" in quotes for file modes, or a number without leading zeros`
            : `write ${Number.isSafeInteger(value) ? value : 'a smaller number'}, or "${shown(source)}" in quotes for text`,
        );
      }
      return value;
    }
    if (value === null || typeof value === 'boolean' || typeof value === 'string') {
      if (typeof value !== 'string') this.places.addSource(pointer, node.source ?? String(value));
      return value;
    }
    return null;
  }

  private finding(node: Node, pointer: string, code: Finding['code'], message: string, hint: string): void {
    this.findings.push({ ...this.places.ofNode(node), code, pointer, message, hint });
  }

  private refuse(finding: Finding): void {
    this.unsupported = true;
    this.findings.push(finding);
  }
}

/** Written in another way than people write numbers: leading zeros, exponents, hexadecimal, more digits than are kept. `.inf` and `.nan` are no numbers to any field. */
function isAmbiguous(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (/^0o[0-7]+$/.test(source)) return false;
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(source)) return true;
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

function asNode(value: unknown): Node | null {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null;
}
