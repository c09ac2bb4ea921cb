/**
 * Command lines for the OCI runtime. Pure. runc and crun understand the same arguments;
 * any other runtime must as well.
 */
export interface RunCommand {
  /** The runtime's state directory. */
  readonly root: string;
  /** Where the runtime writes its own errors, as JSON lines: kept apart from the service's output. */
  readonly log: string;
  readonly bundle: string;
  readonly pidFile: string;
  /** How many descriptors from 3 on are handed over. */
  readonly fds: number;
  readonly id: string;
}

/** Starts the container and returns when its process runs. */
export function runArguments({ root, log, bundle, pidFile, fds, id }: RunCommand): readonly string[] {
  const handed = fds === 0 ? [] : ['--preserve-fds', String(fds)];
  const globals = ['--root', root, '--log', log, '--log-format', 'json'];
  return [...globals, 'run', '--detach', '--pid-file', pidFile, '--bundle', bundle, ...handed, id];
}

/** Forgets the container; what of it still runs is killed. */
export function deleteArguments(root: string, id: string): readonly string[] {
  return ['--root', root, 'delete', '--force', id];
}
