/**
 * Fields of a value that may be wrong anywhere: rules ask for what they know (`/services/*` + `/listen/*`) and get what is there.
 * So all rules run on a file whose other fields are broken, and all problems are reported at once.
 */
import { type Finding, pointerPart } from './finding.js';
import type { Places } from './places.js';
import { isRecord } from './words.js';

export interface Field {
  readonly pointer: string;
  readonly value: unknown;
}

export class Fields {
  constructor(
    private readonly root: unknown,
    private readonly places: Places,
  ) {}

  /** Fields that exist under a pattern, in the order of the text; `*` is every key of a mapping and every item of a list. */
  each(pattern: string): readonly Field[] {
    let found: readonly Field[] = [{ pointer: '', value: this.root }];
    for (const part of pattern.split('/').slice(1)) {
      found = found.flatMap(({ pointer, value }) =>
        childrenOf(value, part).map(([key, child]) => ({
          pointer: `${pointer}/${pointerPart(key)}`,
          value: child,
        })),
      );
    }
    return found;
  }

  /** Text at a pattern without `*`, or null. */
  text(pattern: string): string | null {
    const value = this.each(pattern)[0]?.value;
    return typeof value === 'string' ? value : null;
  }

  /** Fields of a pattern that are text. */
  texts(pattern: string): readonly { readonly pointer: string; readonly value: string }[] {
    return this.each(pattern).flatMap(({ pointer, value }) =>
      typeof value === 'string' ? [{ pointer, value }] : [],
    );
  }

  sourceOf(pointer: string): string | undefined {
    return this.places.sourceOf(pointer);
  }

  finding(pointer: string, code: Finding['code'], message: string, hint: string): Finding {
    return { ...this.places.ofValue(pointer), code, pointer, message, hint };
  }

  keyFinding(pointer: string, code: Finding['code'], message: string, hint: string): Finding {
    return { ...this.places.ofKey(pointer), code, pointer, message, hint };
  }
}

function childrenOf(value: unknown, part: string): readonly (readonly [string, unknown])[] {
  if (Array.isArray(value)) {
    const items = value.map((item, index) => [String(index), item] as const);
    return part === '*' ? items : items.filter(([key]) => key === part);
  }
  if (!isRecord(value)) return [];
  if (part === '*') return Object.entries(value);
  const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
  return Object.hasOwn(value, key) ? [[key, value[key]]] : [];
}
