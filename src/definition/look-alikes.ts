/** Letters of other alphabets that look like Latin ones: named in messages, and replaced before guessing what was meant. */
import { codePoint } from './finding.js';

const latin: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  һ: 'h',
  і: 'i',
  ј: 'j',
  к: 'k',
  м: 'm',
  о: 'o',
  р: 'p',
  ѕ: 's',
  т: 't',
  у: 'y',
  х: 'x',
  α: 'a',
  ε: 'e',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
};

/** The word with look-alikes replaced by the Latin letters they resemble. */
export function plainLetters(word: string): string {
  return [...word.normalize('NFKD').replace(/\p{M}/gu, '')].map((letter) => latin[letter] ?? letter).join('');
}

/** ` (with U+0430)` when the word has letters outside ASCII, else nothing. */
export function strangeLetters(word: string): string {
  const strange = [...new Set(word)].filter((letter) => letter > '~');
  return strange.length === 0 ? '' : ` (with ${strange.slice(0, 3).map(codePoint).join(', ')})`;
}
