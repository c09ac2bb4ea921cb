/** Who listens on a TCP port of this host: for an error message, so it is best effort. Reads /proc only. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Socket inodes that listen on `port`, from the text of /proc/net/tcp or tcp6. Pure. */
export function listeningInodes(table: string, port: number): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const listening = '0A';
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local, , state] = fields;
    const inode = fields[9];
    return local?.endsWith(wanted) && state === listening && inode !== undefined ? [inode] : [];
  });
}

/** `pid 4411 (nginx)` of who listens on the port; null when it cannot be found (another namespace, just gone). */
export function listenerOf(address: { readonly port: number }): string | null {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(
    (file) => attempt(() => readFileSync(file, 'utf8')) ?? '',
  );
  const links = new Set(
    tables.flatMap((table) => listeningInodes(table, address.port)).map((inode) => `socket:[${inode}]`),
  );
  if (links.size === 0) return null;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const descriptors = attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
    const holds = descriptors.some((fd) =>
      links.has(attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? ''),
    );
    if (holds)
      return `pid ${pid} (${attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? 'unknown'})`;
  }
  return null;
}

/** Null when it throws: processes end while they are looked at. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
