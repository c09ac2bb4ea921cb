/** Fields of a recipe that a schema cannot check. Text only: whether a file is there is found where it is read. */
import { durationFindings } from './durations.js';
import type { Fields } from './fields.js';
import { type Finding, quoted } from './finding.js';
import { faults } from './path-rules.js';
import { isWithin, pathFault, repositoryPathFault } from './paths.js';

const contextPaths = ['/base/directory', '/base/tarball/file', '/base/image/file', '/steps/*/files/*/source'];
const imagePaths = ['/steps/*/files/*/path', '/steps/*/remove/*'];
/** What the runtime mounts over: nothing of the image is seen there. */
const reserved = ['/proc', '/sys', '/dev'];

/** All findings about a recipe. */
export function recipeFindings(fields: Fields): readonly Finding[] {
  return [
    ...contextPaths.flatMap((pattern) => faults(fields, pattern, repositoryPathFault)),
    ...imagePaths.flatMap((pattern) => faults(fields, pattern, pathFault)),
    ...ociFindings(fields),
    ...rootFindings(fields),
    ...contentFindings(fields),
    ...togetherFindings(fields),
    ...durationFindings(fields),
  ];
}

function ociFindings(fields: Fields): readonly Finding[] {
  return faults(fields, '/base/oci/source', (source) =>
    source.startsWith('oci:') ? repositoryPathFault(source.split(':')[1] ?? '') : null,
  );
}

function rootFindings(fields: Fields): readonly Finding[] {
  return imagePaths.flatMap((pattern) =>
    fields.texts(pattern).flatMap(({ pointer, value }) => {
      const outer = reserved.find((path) => isWithin(value, path));
      // A directory may be laid over the whole.
      const isSource = pointer.endsWith('/path') && has(fields, pointer.replace(/path$/, 'source'));
      const isRoot = value === '/' && !isSource;
      if (isRoot)
        return [fields.finding(pointer, 'E_PATH_ROOT', 'it is the whole image', 'choose a path below /')];
      if (outer === undefined || pattern.endsWith('/remove/*')) return [];
      const message = `${quoted(value)} is in ${outer}, which the runtime makes`;
      return [fields.finding(pointer, 'E_PATH_RESERVED', message, 'choose another path')];
    }),
  );
}

/** What a file is made of is said once; a link has no mode of its own. */
function contentFindings(fields: Fields): readonly Finding[] {
  return fields.each('/steps/*/files/*').flatMap(({ pointer }) => {
    const given = ['source', 'content', 'link'].filter((name) => has(fields, `${pointer}/${name}`));
    if (given.length > 1) {
      const message = `${given.join(' and ')} are given, one of them is wanted`;
      return [fields.finding(pointer, 'E_VALUE', message, 'keep one of source, content and link')];
    }
    if (given[0] !== 'link' || !has(fields, `${pointer}/mode`)) return [];
    return [fields.keyFinding(`${pointer}/mode`, 'E_VALUE', 'a link has no mode of its own', 'remove mode')];
  });
}

/** Fields that mean nothing without another one. */
function togetherFindings(fields: Fields): readonly Finding[] {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['/steps/*', 'network', ['run']],
    ['/steps/*', 'timeout', ['run', 'packages']],
    ['/base/debian', 'components', ['mirrors']],
    ['/base/debian', 'checkValidUntil', ['mirrors']],
  ];
  return rows.flatMap(([pattern, name, needs]) =>
    fields.each(pattern).flatMap(({ pointer }) => {
      const field = `${pointer}/${name}`;
      if (!has(fields, field) || needs.some((need) => has(fields, `${pointer}/${need}`))) return [];
      const message = `${quoted(name)} means nothing without ${needs.join(' or ')}`;
      return [fields.keyFinding(field, 'E_VALUE', message, `remove it, or add ${needs[0]}`)];
    }),
  );
}

function has(fields: Fields, pointer: string): boolean {
  return fields.each(pointer).length > 0;
}
