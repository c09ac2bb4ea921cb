/**
 * Searches text by a regular expression that somebody else wrote. Some expressions take centuries on some texts; the search is interrupted, so that no
 * definition stops the agent.
 */
import { createContext, Script } from 'node:vm';

/** The agent does nothing else meanwhile. A sane expression needs well under a millisecond for 64 KiB. */
const deadlineMs = 100;

const script = new Script('new RegExp(pattern).test(text)');

/** Whether `pattern` is found, or the reason why nobody can tell. */
export function searchSafely(pattern: string, text: string): boolean | string {
  try {
    // Nothing of ours is in the context but two strings, and the code that runs there is the line above.
    const context = createContext(Object.assign(Object.create(null), { pattern, text }), {
      codeGeneration: { strings: false, wasm: false },
    });
    return script.runInContext(context, { timeout: deadlineMs }) === true;
  } catch (error) {
    // Not `instanceof`: the error may be of the other context's kind.
    const code = error !== null && typeof error === 'object' && 'code' in error ? error.code : null;
    return code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
      ? `the expression needs more than ${deadlineMs}ms`
      : 'the expression is not valid';
  }
}
