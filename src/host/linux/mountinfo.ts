/** Reads and understands /proc/<pid>/mountinfo: the truth about mounts. Parsing is pure; nothing here mounts. */
import { readFileSync } from 'node:fs';

export interface MountRecord {
  readonly id: number;
  /** `major:minor` of the file system. */
  readonly device: string;
  readonly mountPoint: string;
  /** Options of this mount, such as `ro,nosuid,nodev,relatime`. */
  readonly options: readonly string[];
  /** Peer groups: `shared:5`, `master:7`; none for a private mount. */
  readonly peers: readonly string[];
  readonly type: string;
  readonly source: string;
  /** Options of the file system; values that equal the kernel's default are not shown. */
  readonly superOptions: readonly string[];
}

/** Records in the kernel's order: a later record at the same place hides an earlier one. */
export function parseMountinfo(text: string): readonly MountRecord[] {
  const records: MountRecord[] = [];
  for (const line of text.split('\n')) {
    const separator = line.indexOf(' - ');
    if (separator === -1) continue;
    const before = line.slice(0, separator).split(' ');
    const after = line.slice(separator + 3).split(' ');
    records.push({
      id: Number(before[0]),
      device: before[2] ?? '',
      mountPoint: unescapeOctal(before[4] ?? ''),
      options: (before[5] ?? '').split(','),
      peers: before.slice(6).filter((tag) => /^(shared|master):/.test(tag)),
      type: after[0] ?? '',
      source: unescapeOctal(after[1] ?? ''),
      superOptions: (after[2] ?? '').split(',').map(unescapeOctal),
    });
  }
  return records;
}

/** The kernel writes space, tab, newline, backslash and some more as three octal digits. */
export function unescapeOctal(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Read at once: the kernel answers from memory, and five trips to the thread pool cost more than the file. */
export async function readMountinfo(): Promise<readonly MountRecord[]> {
  return parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
}

/** Value of `name=value` among options, null when it is not there. */
export function optionValue(options: readonly string[], name: string): string | null {
  const prefix = `${name}=`;
  return options.find((option) => option.startsWith(prefix))?.slice(prefix.length) ?? null;
}

/** The mount that the path is on, if no part of it is a link; nobody looks at the path. Pure. */
export function mountOf(records: readonly MountRecord[], path: string): MountRecord | null {
  let found: MountRecord | null = null;
  for (const record of records) {
    const { mountPoint } = record;
    const holds = mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`);
    if (holds && mountPoint.length >= (found?.mountPoint.length ?? 0)) found = record;
  }
  return found;
}

/** Records mounted at the path or below it. */
export function mountedAtOrBelow(records: readonly MountRecord[], path: string): readonly MountRecord[] {
  return records.filter((record) => record.mountPoint === path || record.mountPoint.startsWith(`${path}/`));
}
