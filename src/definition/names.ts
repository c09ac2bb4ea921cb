/** Does every rack have one file, and every file the name of its rack? Reports on the newcomers; the file that is named after the rack is its owner. */
import { quoted } from './finding.js';
import { type DefinitionFile, isName } from './set.js';

/** Adds findings to the files. `files` sorted by path. */
export function checkNames(files: readonly DefinitionFile[]): void {
  caseClashes(files);
  for (const [name, claimants] of groups(files, nameOf)) {
    if (claimants.length > 1) nameClash(name, claimants);
    else for (const file of claimants) fileMismatch(file, name);
  }
}

function caseClashes(files: readonly DefinitionFile[]): void {
  for (const [, clashing] of groups(files, (file) => file.stem.toLowerCase())) {
    if (new Set(clashing.map((file) => file.stem)).size < 2) continue;
    for (const file of clashing.filter((f) => !isName(f.stem))) {
      const others = clashing.filter((other) => other !== file).map((other) => other.path);
      file.report(
        '',
        'E_NAME_CASE_CLASH',
        `the name of ${file.path} differs from ${others.join(', ')} only in case`,
        'rename or delete one of them',
      );
    }
  }
}

function nameClash(name: string, claimants: readonly DefinitionFile[]): void {
  const named = claimants.filter((file) => file.stem === name);
  // web.yaml beside web.yml: nobody knows which one is meant, so that neither is used.
  const owner = named.length === 1 ? named[0] : undefined;
  const places = claimants.map((file) => {
    const { line } = file.parsed?.placeOf('/name') ?? { line: 1 };
    return `${file.path}:${line}`;
  });
  for (const file of claimants.filter((f) => f !== owner && !hasProblem(f, 'E_NAME_CASE_CLASH'))) {
    const hint =
      file.stem === name || !isName(file.stem)
        ? 'rename or delete one of them'
        : `write name: ${file.stem}, or delete one of the files`;
    file.report(
      '/name',
      'E_NAME_CLASH',
      `the rack ${quoted(name)} is defined in ${places.join(' and ')}`,
      hint,
    );
  }
}

function fileMismatch(file: DefinitionFile, name: string): void {
  if (file.stem === name || hasProblem(file, 'E_NAME_CASE_CLASH')) return;
  const hint = isName(file.stem)
    ? `write name: ${file.stem}, or rename the file to ${name}.yaml`
    : `rename the file to ${name}.yaml`;
  file.report(
    '/name',
    'E_NAME_FILE_MISMATCH',
    `the rack ${quoted(name)} is in the file ${quoted(`${file.stem}.yaml`)}`,
    hint,
  );
}

function nameOf(file: DefinitionFile): string | null {
  const name = file.parsed?.name ?? null;
  return name !== null && isName(name) ? name : null;
}

function hasProblem(file: DefinitionFile, code: string): boolean {
  return file.problems.some((problem) => problem.code === code);
}

function groups(
  files: readonly DefinitionFile[],
  key: (file: DefinitionFile) => string | null,
): ReadonlyMap<string, readonly DefinitionFile[]> {
  const result = new Map<string, DefinitionFile[]>();
  for (const file of files) {
    const of = key(file);
    if (of === null) continue;
    const group = result.get(of);
    if (group === undefined) result.set(of, [file]);
    else group.push(file);
  }
  return result;
}
