/** Why an image could not be had from one place, and when to ask there again. Thrown inside fetch/; whoever gathers the places makes a `RackError` of them. */
import type { ErrorCode } from '../../../model/index.js';

/**
 * `soon`: again in a moment, a few times, then at a later pass; `later`: at a later pass, after a growing pause; `unless-changed`: what was asked for is wrong: not before a quarter of an
 * hour, unless the definition or the credentials change; `always`: it depends on this host, so the next pass may ask.
 */
export type Again = 'soon' | 'later' | 'unless-changed' | 'always';

export class Refused extends Error {
  readonly code: ErrorCode;
  readonly again: Again;
  /** What the server asks for (Retry-After), ms; null when it says nothing. */
  readonly afterMs: number | null;
  readonly hint: string | undefined;

  /** `message` completes "<place>: …"; it has no credential in it. */
  constructor(
    code: ErrorCode,
    message: string,
    details: { again: Again; afterMs?: number | null; hint?: string; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Refused';
    this.code = code;
    this.again = details.again;
    this.afterMs = details.afterMs ?? null;
    this.hint = details.hint;
  }
}
