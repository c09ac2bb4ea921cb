/** One row of the registry. */
export interface Code {
  /** Whose move it is. */
  readonly blame: 'definition' | 'host' | 'agent';
  /** What it means, one sentence without a full stop. */
  readonly summary: string;
  /** What to do, one sentence without a full stop. */
  readonly action: string;
}

/** Keeps the keys of a table as literal types while each row is checked. */
export function codes<K extends string>(table: Readonly<Record<K, Code>>): Readonly<Record<K, Code>> {
  return table;
}
