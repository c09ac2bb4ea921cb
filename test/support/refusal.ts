/** The message of a refusal: the work must fail with a `RackError` of one of these codes; anything else fails the test and is shown. */
import { type ErrorCode, hasCode } from '../../src/model/index.js';

export async function refusal(work: Promise<unknown>, ...codes: readonly ErrorCode[]): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (hasCode(error, ...codes)) return error.message;
    throw new Error(`want ${codes.join(' or ')}, got: ${String(error)}`, { cause: error });
  }
  throw new Error(`want ${codes.join(' or ')}, but it went well`);
}
