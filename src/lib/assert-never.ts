/** Ends a `switch` over a union. Throws `internal error: …` if a value slipped past the type checker. */
export function assertNever(value: never, what: string): never {
  throw new Error(`internal error: unknown ${what}: ${JSON.stringify(value)}`);
}
