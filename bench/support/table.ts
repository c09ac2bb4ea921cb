/**
 * Prints measurements beside their targets: a table, or one JSON document. Absolute times differ from machine to machine, so a missed target is said and never
 * makes the process fail.
 */

/** One line of a result. */
export interface Row {
  readonly what: string;
  /** In `unit`. */
  readonly value: number;
  readonly unit: 'ms' | 'MB' | 'times' | 'per pass' | 'programs' | 'files' | 'requests' | 'errors' | 'MB/s';
  /** Null: there is no target for it. */
  readonly target: { readonly atMost: number } | { readonly atLeast: number } | null;
  /** What a person should know about the figure. */
  readonly note?: string;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

export function isMet({ value, target }: Row): boolean | null {
  if (target === null) return null;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

/** The whole result on stdout: tables, or with `json` one document `{bench, sections: [{title, rows: [{…, met}]}]}`. */
export function report(bench: string, sections: readonly Section[], json: boolean): void {
  if (json) {
    const document = {
      apiVersion: 'rackops-bench/v1',
      bench,
      sections: sections.map(({ title, rows }) => ({
        title,
        rows: rows.map((row) => ({ ...row, met: isMet(row) })),
      })),
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  for (const section of sections) process.stdout.write(table(section));
}

export function table({ title, rows }: Section): string {
  const cells = rows.map((row) => [
    row.what,
    `${shown(row.value)} ${row.unit}`,
    verdict(row),
    row.note ?? '',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function verdict(row: Row): string {
  const met = isMet(row);
  if (row.target === null || met === null) return '';
  const bound = 'atMost' in row.target ? `at most ${row.target.atMost}` : `at least ${row.target.atLeast}`;
  return `target ${met ? 'met' : 'missed'} (${bound})`;
}

function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toFixed(2)).toString();
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
