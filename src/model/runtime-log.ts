/** What an OCI runtime says in its log (`--log-format json`) when it fails. Pure: runc and crun write alike. */
import { shorten } from '../lib/index.js';

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
