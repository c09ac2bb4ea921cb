/** Memory and file sizes as written in definitions (`512MiB`) and as shown to people. Values are bytes. */
const unitBytes = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** `"512MiB"` → 536870912; null when the text is no size with a binary unit. */
export function parseBytes(text: string): number | null {
  const match = /^(\d{1,9})(KiB|MiB|GiB)$/.exec(text);
  if (!match?.[1] || !match[2]) return null;
  return Number(match[1]) * unitBytes[match[2] as keyof typeof unitBytes];
}

/** 536870912 → `"512 MiB"`; for people. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [unit, size] =
    bytes < unitBytes.MiB
      ? (['KiB', unitBytes.KiB] as const)
      : bytes < unitBytes.GiB
        ? (['MiB', unitBytes.MiB] as const)
        : (['GiB', unitBytes.GiB] as const);
  return `${Number((bytes / size).toFixed(1))} ${unit}`;
}
