/**
 * Fields that the schema knows and nothing acts on yet. Most are accepted with a warning; a promise about security or data is refused,
 * because somebody would rely on it.
 */
import type { Fields } from './fields.js';
import { type Finding, quoted } from './finding.js';

interface Row {
  readonly field: string;
  /** Only this value; any when absent. */
  readonly value?: string;
  readonly refused?: true;
}

const hostRows: readonly Row[] = [
  { field: '/repository/verify', refused: true },
  { field: '/images/verify', refused: true },
  { field: '/supervisor', value: 'systemd', refused: true },
  { field: '/api' },
];

export function hostNotInForce(fields: Fields): readonly Finding[] {
  const urls = fields.texts('/images/sources/*').filter(({ value }) => isUrl(value));
  return [
    ...hostRows.flatMap((row) => rowFindings(fields, row)),
    ...urls.map(({ pointer, value }) =>
      fields.finding(
        pointer,
        'W_NOT_IN_FORCE',
        `the source ${quoted(value)} is not yet in force`,
        'copy images into a directory meanwhile',
      ),
    ),
  ];
}

/** True for an image source that is no directory. */
export function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

function rowFindings(fields: Fields, row: Row): readonly Finding[] {
  return fields.each(row.field).flatMap(({ pointer, value }) => {
    if (row.value !== undefined && value !== row.value) return [];
    const name = pointer.slice(1).replaceAll('/', '.');
    const what = row.value === undefined ? `"${name}"` : `"${name}: ${row.value}"`;
    return [
      row.refused === true
        ? fields.keyFinding(
            pointer,
            'E_NOT_SUPPORTED',
            `${what} is not yet in force`,
            'remove it: it must not be relied on',
          )
        : fields.keyFinding(
            pointer,
            'W_NOT_IN_FORCE',
            `${what} is not yet in force`,
            'nothing acts on it yet',
          ),
    ];
  });
}
