/** Where something is in a tree that is walked, by what it is in: so the paths of a tree of any depth take no more memory than its names. Values. */

export interface Place {
  /** Null in the directory that is walked. */
  readonly above: Place | null;
  readonly name: Buffer;
  /** Names in its path: 1 in the directory that is walked. */
  readonly depth: number;
}

export function placeIn(above: Place | null, name: Buffer): Place {
  return { above, name, depth: (above?.depth ?? 0) + 1 };
}

/** Without a slash at its beginning, from `top`, which it is in, or from the directory that is walked; `.` for that one. */
export function pathOf(place: Place | null, top: Place | null = null): Buffer {
  const parts: Buffer[] = [];
  for (let at = place; at !== null && at !== top; at = at.above) parts.push(at.name, slash);
  return parts.length === 0 ? Buffer.from('.') : Buffer.concat(parts.reverse().slice(1));
}

const slash = Buffer.from('/');
