/**
 * Two kinds of paths that must never be mixed up: a path on the host, and a path as seen inside a rack.
 * Joining is only ever done within one kind; crossing over goes through the host port (`readInRack`) or the runtime.
 */
declare const kind: unique symbol;

/** Absolute path on the host. */
export type HostPath = string & { readonly [kind]: 'host' };
/** Absolute path as a process in the rack sees it. */
export type RackPath = string & { readonly [kind]: 'rack' };

/** Marks an absolute path as a host path. Throws `internal error` for a relative one. */
export function hostPath(path: string): HostPath {
  if (!path.startsWith('/')) throw new Error(`internal error: not an absolute host path: ${path}`);
  return path as HostPath;
}

/** Marks an absolute path as a path inside a rack. Throws `internal error` for a relative one. */
export function rackPath(path: string): RackPath {
  if (!path.startsWith('/')) throw new Error(`internal error: not an absolute rack path: ${path}`);
  return path as RackPath;
}

/** `directory/name`, still a host path. `name` must be our own or validated text: it is not resolved. */
export function under(directory: HostPath, ...names: readonly string[]): HostPath {
  return [directory === '/' ? '' : directory, ...names].join('/') as HostPath;
}
