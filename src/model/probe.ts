/** One health check's outcome. */
export interface ProbeResult {
  /** ms since the epoch. */
  readonly at: number;
  readonly result: 'success' | 'failure' | 'unknown';
  /** One line: `HTTP 500, want 200`, `connection refused`, … */
  readonly message: string;
  readonly durationMs: number;
  /** First 2 KiB of what was answered, escaped; kept as evidence. */
  readonly body?: string;
}
