/** Arguments of a measurement: numbers, `--json`, `--NAME=VALUE`. Pure. */
export interface Options {
  readonly counts: readonly number[];
  readonly json: boolean;
  value(name: string): string | null;
}

/** Throws for what nobody understands. `names`: the options with a value. */
export function parseOptions(args: readonly string[], names: readonly string[]): Options {
  const counts: number[] = [];
  const values = new Map<string, string>();
  let json = false;
  for (const arg of args) {
    const [, name = '', value = ''] = /^--([a-z]+)=(.+)$/.exec(arg) ?? [];
    if (arg === '--json') json = true;
    else if (/^[1-9]\d*$/.test(arg)) counts.push(Number(arg));
    else if (names.includes(name)) values.set(name, value);
    else
      throw new Error(
        `cannot understand "${arg}": want numbers, --json${names.map((n) => `, --${n}=…`).join('')}`,
      );
  }
  return { counts, json, value: (name) => values.get(name) ?? null };
}
