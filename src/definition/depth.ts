/**
 * How deep is this text nested? A scan of characters before the parser runs, which needs half a second for 20,000 levels.
 * A bound, not a parser: quoted text and comments are skipped; what it lets through is checked exactly on the parsed nodes.
 */
import { maxDepth } from './limits.js';

/** Room for brackets in unquoted text, which the scan cannot tell from nesting. */
const flowLimit = 4 * maxDepth;

/** Offset of the first place that is certainly too deep, or null. */
export function deepPlace(text: string): number | null {
  return compactSequence(text) ?? flow(text);
}

/** `- - - - x` opens a level with every dash. */
function compactSequence(text: string): number | null {
  const match = new RegExp(`^ *(?:[-?:][ ]+){${maxDepth + 1}}`, 'm').exec(text);
  return match?.index ?? null;
}

function flow(text: string): number | null {
  let depth = 0;
  let quote = '';
  let previous = '\n';
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (quote !== '') {
      if (quote === '"' && character === '\\') index++;
      else if (character === quote) quote = '';
    } else if (character === '#' && /\s/.test(previous)) {
      const end = text.indexOf('\n', index);
      if (end === -1) return null;
      index = end;
      previous = '\n';
      continue;
    } else if ((character === '"' || character === "'") && /[\s[{,:]/.test(previous)) {
      quote = character;
    } else if (character === '[' || character === '{') {
      if (++depth > flowLimit) return index;
    } else if ((character === ']' || character === '}') && depth > 0) {
      depth--;
    }
    previous = character;
  }
  return null;
}
