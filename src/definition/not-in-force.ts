/**
 * Fields that the schema knows and nothing acts on yet. Most are accepted with a warning; a promise about security or data is refused,
 * because somebody would rely on it.
 */
import type { Fields } from './fields.js';
import type { Finding } from './finding.js';

interface Row {
  readonly field: string;
  /** Only this value; any when absent. */
  readonly value?: string;
  readonly refused?: true;
}

const hostRows: readonly Row[] = [
  { field: '/supervisor', value: 'systemd', refused: true },
  { field: '/api' },
];

export function hostNotInForce(fields: Fields): readonly Finding[] {
  return hostRows.flatMap((row) => rowFindings(fields, row));
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
