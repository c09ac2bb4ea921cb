/**
 * Command lines for the OCI runtime and what its log says when it fails. Pure. runc and crun understand the same arguments;
 * any other runtime must as well.
 */
import { shorten } from '../lib/index.js';

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

/** The reason in the runtime's log, as one line without the runtime's own decoration; null when there is none. */
export function runtimeReason(log: string): string | null {
  let reason: string | null = null;
  for (const line of log.split('\n')) {
    const entry = parseEntry(line);
    if (entry !== null && (entry.level === 'error' || entry.level === 'fatal')) reason = entry.msg;
  }
  return reason === null ? null : plainReason(reason);
}

function parseEntry(line: string): { readonly level: string; readonly msg: string } | null {
  try {
    const value: unknown = JSON.parse(line);
    if (value === null || typeof value !== 'object' || !('msg' in value) || !('level' in value)) return null;
    return typeof value.msg === 'string' && typeof value.level === 'string'
      ? { level: value.level, msg: value.msg }
      : null;
  } catch {
    return null;
  }
}

/** `runc run failed: unable to start container process: exec: "x": stat x: no such file…` → `"x": no such file…`. */
function plainReason(message: string): string {
  const plain = message
    .replace(/^(runc|crun) \w+ failed: /, '')
    .replace(/^unable to start container process: /, '')
    .replace(/^error during container init: /, '')
    .replace(/\bexec: ("[^"]*"): stat \S+: /, '$1: ')
    .replace(/^exec: /, '')
    .replace(/\s+/g, ' ')
    .trim();
  return shorten(plain, 400);
}
