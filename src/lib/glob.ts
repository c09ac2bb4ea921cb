/**
 * Globs over absolute paths, matched without a regular expression: a pattern comes from elsewhere, and none of them may take longer than its length times the path's.
 */

/**
 * `*` stands for any part of a name, `?` for one character of it, `**` as a whole name for any number of names: in between for none too, at the end for one at least. Everything else is itself.
 * `/usr/**` matches what is below `/usr`, not `/usr`. Effects, errors: none.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  const names = path.split('/');
  const parts = pattern.split('/');
  // matched[i]: the parts so far match the first i names.
  let matched = names.map(() => false);
  matched = [true, ...matched];
  for (const [index, part] of parts.entries()) {
    const next = matched.map(() => false);
    if (part === '**') {
      const isLast = index === parts.length - 1;
      for (let i = 0, reached = false; i <= names.length; i++) {
        next[i] = isLast ? reached : reached || matched[i] === true;
        reached ||= matched[i] === true;
      }
    } else {
      for (let i = 1; i <= names.length; i++)
        next[i] = matched[i - 1] === true && matchesName(names[i - 1] ?? '', part);
    }
    matched = next;
  }
  return matched[names.length] === true;
}

/** Goes back to the last `*` only: what one before it could take, the last can take as well. */
function matchesName(name: string, pattern: string): boolean {
  let [at, want] = [0, 0];
  let star: { readonly at: number; readonly want: number } | null = null;
  while (at < name.length) {
    if (pattern[want] === '*') {
      star = { at, want: want + 1 };
      want++;
    } else if (pattern[want] === '?' || pattern[want] === name[at]) {
      at++;
      want++;
    } else if (star !== null) {
      star = { at: star.at + 1, want: star.want };
      at = star.at;
      want = star.want;
    } else return false;
  }
  while (pattern[want] === '*') want++;
  return want === pattern.length;
}
