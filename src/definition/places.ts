/** Where in the text is the field of this JSON pointer? Filled while the YAML nodes are read, asked when something is wrong with a value. */
import type { Node } from 'yaml';
import type { Place } from './finding.js';
import { placeAt } from './text.js';

export class Places {
  private readonly keys = new Map<string, number>();
  private readonly values = new Map<string, number>();
  private readonly sources = new Map<string, string>();

  constructor(private readonly text: string) {}

  addKey(pointer: string, node: Node): void {
    this.keys.set(pointer, startOf(node));
  }

  addValue(pointer: string, node: Node): void {
    this.values.set(pointer, startOf(node));
  }

  /** How a number, boolean or null was written. */
  addSource(pointer: string, source: string): void {
    this.sources.set(pointer, source);
  }

  sourceOf(pointer: string): string | undefined {
    return this.sources.get(pointer);
  }

  /** Place of the field's value; of the nearest parent that exists when there is none. */
  ofValue(pointer: string): Place {
    return this.near(pointer, (p) => this.values.get(p) ?? this.keys.get(p));
  }

  /** Place of the field's key; of the value for list items. */
  ofKey(pointer: string): Place {
    return this.near(pointer, (p) => this.keys.get(p) ?? this.values.get(p));
  }

  ofNode(node: Node): Place {
    return placeAt(this.text, startOf(node));
  }

  /** Place of the tag or anchor that stands before the node. */
  before(node: Node, mark: '!' | '&'): Place {
    return placeAt(this.text, this.markOffset(node, mark) ?? startOf(node));
  }

  private markOffset(node: Node, mark: string): number | null {
    const start = startOf(node);
    const before = this.text.slice(Math.max(0, start - 1_024), start);
    // Only tags, anchors, white space and comments can stand between a mark and its node.
    const match =
      /(?:[!&][^\s]*(?:\s+|#[^\n]*\n)*)+$/.exec(before) ?? /^(?:[!&]\S*\s*)+/.exec(this.text.slice(start));
    if (match === null) return null;
    const base = before.endsWith(match[0]) ? start - match[0].length : start;
    const inside = match[0].search(mark === '!' ? /(?<!\S)!/ : /(?<!\S)&/);
    return inside === -1 ? null : base + inside;
  }

  private near(pointer: string, find: (pointer: string) => number | undefined): Place {
    for (let p = pointer; p !== ''; p = p.slice(0, p.lastIndexOf('/'))) {
      const offset = find(p);
      if (offset !== undefined) return placeAt(this.text, offset);
    }
    return placeAt(this.text, this.values.get('') ?? 0);
  }
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
