/**
 * Durations as written in definitions (`<n>ms|s|m|h`) and as shown to people.
 * Pure arithmetic; all values inside the program are whole milliseconds.
 */
const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `"1.5s"` → 1500; null when the text is no duration (`design.md` section 3). */
export function parseDurationMs(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text);
  if (!match?.[1] || !match[2]) return null;
  return Math.round(Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]);
}

/** 90_000 → `"1m30s"`, 1_250 → `"1.3s"`, 40 → `"40ms"`; for people, not for parsing. */
export function formatDurationMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${seconds % 60 === 0 ? '' : `${seconds % 60}s`}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}h${minutes % 60 === 0 ? '' : `${minutes % 60}m`}`;
  return `${Math.round(minutes / 1_440)}d`;
}
