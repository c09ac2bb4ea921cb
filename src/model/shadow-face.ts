/** Owner, mode and attributes of a file that is refreshed: what was changed here is re-applied to what the new image brings. Pure; docs/adr/0021. */

/** What makes a file look the same elsewhere. */
export interface Face {
  readonly uid: number;
  readonly gid: number;
  /** Without the bits of the type. */
  readonly mode: number;
  /** Values by name. */
  readonly xattrs: ReadonlyMap<string, Buffer>;
}

/**
 * Three faces made into one: each of owner, group, mode and every attribute is `mine` where that differs from `base`, else `theirs`. So a `chmod` here stays, and a capability that only the new image's file
 * has comes along. A mode is one thing: bits of two are never mixed, because set-user-id must not meet permissions that nobody has seen it with.
 */
export function mergedFace(mine: Face, base: Face, theirs: Face): Face {
  const names = new Set([...mine.xattrs.keys(), ...base.xattrs.keys(), ...theirs.xattrs.keys()]);
  const xattrs = new Map<string, Buffer>();
  for (const name of names) {
    const isMine = !isSameValue(mine.xattrs.get(name), base.xattrs.get(name));
    const value = (isMine ? mine : theirs).xattrs.get(name);
    if (value !== undefined) xattrs.set(name, value);
  }
  const pick = (field: 'uid' | 'gid' | 'mode'): number =>
    mine[field] === base[field] ? theirs[field] : mine[field];
  return { uid: pick('uid'), gid: pick('gid'), mode: pick('mode'), xattrs };
}

function isSameValue(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
