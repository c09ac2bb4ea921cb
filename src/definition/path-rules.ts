/** Paths of a definition: plain, and not where they would hide each other or what the runtime makes. */
import type { Fields } from './fields.js';
import { type Finding, quoted } from './finding.js';
import { isWithin, type PathFault, pathFault, repositoryPathFault } from './paths.js';

const absolute = [
  '/mounts/*/source',
  '/mounts/*/target',
  '/files/*/path',
  '/env/*/fromHostFile',
  '/services/*/workdir',
  '/services/*/env/*/fromHostFile',
  '/rollout/shadow/rules/*/path',
];
const reserved = ['/proc', '/sys', '/dev'];

/** All findings about paths. */
export function pathFindings(fields: Fields): readonly Finding[] {
  return [
    ...absolute.flatMap((pattern) => faults(fields, pattern, pathFault)),
    ...faults(fields, '/files/*/source', repositoryPathFault),
    ...targetFindings(fields),
  ];
}

/** Findings of one pattern by one check. */
export function faults(
  fields: Fields,
  pattern: string,
  check: (path: string) => PathFault | null,
): readonly Finding[] {
  return fields.texts(pattern).flatMap(({ pointer, value }) => {
    const fault = value === '' ? null : check(value);
    return fault === null ? [] : [fields.finding(pointer, fault.code, fault.message, fault.hint)];
  });
}

function targetFindings(fields: Fields): readonly Finding[] {
  const findings: Finding[] = [];
  const mounts = fields.texts('/mounts/*/target');
  const files = fields.texts('/files/*/path');
  const seen = new Map<string, string>();
  for (const { pointer, value } of [...mounts, ...files]) {
    const first = seen.get(value);
    const outer = reserved.find((path) => isWithin(value, path));
    const isFile = pointer.startsWith('/files/');
    const mount = isFile ? mounts.find((m) => m.value !== '/' && isWithin(value, m.value)) : undefined;
    const file = isFile ? files.find((f) => f.value !== value && isWithin(value, f.value)) : undefined;
    if (value === '/') {
      findings.push(
        fields.finding(pointer, 'E_PATH_ROOT', 'it would cover the whole rack', 'choose a path below /'),
      );
    } else if (outer !== undefined) {
      const message = `${quoted(value)} is in ${outer}, which the runtime makes`;
      findings.push(fields.finding(pointer, 'E_PATH_RESERVED', message, 'choose another path'));
    } else if (first !== undefined) {
      const message = `${quoted(value)} is used twice (first in ${first})`;
      findings.push(fields.finding(pointer, 'E_MOUNT_DUP', message, 'remove one of them'));
    } else if (mount !== undefined) {
      const message = `${quoted(value)} is in the mount ${quoted(mount.value)}`;
      findings.push(fields.finding(pointer, 'E_MOUNT_NESTED', message, 'choose a path outside it'));
    } else if (file !== undefined && file.value !== '/') {
      const message = `${quoted(value)} is below ${quoted(file.value)}, which is a file`;
      findings.push(fields.finding(pointer, 'E_MOUNT_NESTED', message, 'choose another path'));
    }
    if (first === undefined) seen.set(value, pointer);
  }
  return findings;
}
