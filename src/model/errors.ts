import type { ErrorCode } from './error-codes.js';

/** Whose move it is: the definition's author, the host's administrator, or ours. */
export type Blame = 'definition' | 'host' | 'agent';

/**
 * The one error class. Recognise it by code (`hasCode`), never by text.
 * `message`: lower case, `cannot <verb> <thing>`, names quoted, next action if there is one.
 */
export class RackError extends Error {
  readonly code: ErrorCode;
  readonly blame: Blame;
  readonly rack: string | undefined;
  readonly step: string | undefined;
  /** What a person must do, in one sentence; shown after the message. */
  readonly hint: string | undefined;
  /** Set with E_DISK_SPACE when it is an image that did not fit: its bytes. */
  readonly wantedBytes: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: {
      blame?: Blame;
      rack?: string;
      step?: string;
      hint?: string;
      wantedBytes?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RackError';
    this.code = code;
    this.blame = details.blame ?? 'host';
    this.rack = details.rack;
    this.step = details.step;
    this.hint = details.hint;
    this.wantedBytes = details.wantedBytes;
  }
}

/** True for a `RackError` with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is RackError {
  return error instanceof RackError && codes.includes(error.code);
}

/** One line for people: `CODE: message - hint`; other errors keep their message. */
export function errorLine(error: unknown): string {
  if (error instanceof RackError) {
    return `${error.code}: ${error.message}${error.hint === undefined ? '' : ` - ${error.hint}`}`;
  }
  return error instanceof Error ? error.message : String(error);
}
