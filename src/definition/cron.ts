/** Is this a cron expression? Fields, numbers and their ranges; the calendar is the scheduler's matter. */

interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: readonly string[];
}

const plain = { words: [] } as const;
const fields: readonly CronField[] = [
  { name: 'second', min: 0, max: 59, ...plain },
  { name: 'minute', min: 0, max: 59, ...plain },
  { name: 'hour', min: 0, max: 23, ...plain },
  { name: 'day of month', min: 1, max: 31, ...plain },
  { name: 'month', min: 1, max: 12, words: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'day of week', min: 0, max: 7, words: 'sun mon tue wed thu fri sat'.split(' ') },
];

/** What is wrong with the expression, or null. Five fields, or six with seconds first: never more often than every second. */
export function cronFault(expression: string): string | null {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6)
    return `${parts.length === 1 ? 'it is one field' : `it has ${parts.length} fields`}, 5 or 6 are wanted`;
  const used = fields.slice(fields.length - parts.length);
  for (const [index, field] of used.entries()) {
    const part = parts[index] ?? '';
    if (!part.split(',').every((item) => isItem(item, field))) {
      return `"${part.slice(0, 20)}" is not allowed for ${field.name} (${field.min} to ${field.max})`;
    }
  }
  return null;
}

function isItem(item: string, field: CronField): boolean {
  const match = /^(\*|[0-9a-z]+(?:-[0-9a-z]+)?)(?:\/([1-9][0-9]{0,3}))?$/i.exec(item);
  const range = match?.[1];
  if (range === undefined) return false;
  if (range === '*') return true;
  const [from, to] = range.split('-').map((text) => numberOf(text, field));
  if (from === undefined || from === null || to === null) return false;
  return to === undefined || from <= to;
}

function numberOf(text: string, field: CronField): number | null {
  const word = field.words.indexOf(text.toLowerCase());
  if (word !== -1) return word + field.min;
  if (!/^\d{1,2}$/.test(text)) return null;
  const value = Number(text);
  return value >= field.min && value <= field.max ? value : null;
}
