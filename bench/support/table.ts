/**
 * Prints a measurement beside its target. Absolute figures differ from machine to machine: what counts is the target beside them, of the same run.
 */

/** One line of a result. `holds` null: there is no target for it. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  readonly holds: boolean | null;
}

/** Prints the rows and makes the process end with 1 when a target was missed. */
export function report(title: string, rows: readonly Row[]): void {
  process.stdout.write(`\n${title}\n`);
  const width = (key: 'what' | 'measured' | 'target') => Math.max(...rows.map((row) => row[key].length));
  for (const row of rows) {
    const mark = row.holds === null ? ' ' : row.holds ? '✓' : '✗';
    process.stdout.write(
      `${mark} ${row.what.padEnd(width('what'))}  ${row.measured.padStart(width('measured'))}  ${row.target}\n`,
    );
  }
  if (rows.some((row) => row.holds === false)) process.exitCode = 1;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
