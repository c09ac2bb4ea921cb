/** Text for terminals: colours only where asked for, tables that line up. Pure. */

export interface Style {
  readonly colour: boolean;
  /** Marks such as ✓ instead of plain words. */
  readonly unicode: boolean;
  /** Columns of the terminal; 0 = unlimited (a file or a pipe). */
  readonly width: number;
}

export const plain: Style = { colour: false, unicode: false, width: 0 };

const codes = { red: 31, green: 32, yellow: 33, blue: 34, cyan: 36, grey: 90, bold: 1 } as const;
export type Colour = keyof typeof codes;

export function paint(style: Style, colour: Colour, text: string): string {
  return style.colour ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
}

/** Length as shown: without colour codes. */
export function shownLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape of colour codes
  return [...text.replace(/\u001b\[\d+m/g, '')].length;
}

/** Rows as aligned columns, two spaces between them; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, shownLength(cell));
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - shownLength(cell)),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
