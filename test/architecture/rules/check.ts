/**
 * Checks modules against the floors. Pure: modules in, violations out; says for each what was meant.
 */
import { posix } from 'node:path';
import {
  floors,
  packageHomes,
  procReaders,
  pureFolders,
  pureNodeFunctions,
  pureNodeModules,
} from './floors.js';
import { type ModuleFacts, type ModuleText, readModule, type Use } from './read-module.js';

/** All violations, a line each: `planning/plan.ts:3 …: <reason>`; sorted by file. */
export function violations(modules: readonly ModuleText[]): string[] {
  const facts = modules.map(readModule).sort((a, b) => (a.path < b.path ? -1 : 1));
  return [...facts.flatMap(checkModule), ...cycles(facts)];
}

function checkModule(module: ModuleFacts): string[] {
  const folder = folderOf(module.path);
  const said: string[] = [];
  const say = (line: number, what: string, why: string) =>
    said.push(`${module.path}:${line} ${what}: ${why}`);
  if (folder !== null && floors[folder] === undefined) {
    say(
      1,
      `is in a folder "${folder}" that has no floor`,
      'add it to test/architecture/rules/floors.ts with what it may import, and why',
    );
  }
  for (const use of module.imports) {
    if (use.name.startsWith('.')) checkInside(module.path, folder, use, say);
    else checkOutside(folder, use, say);
  }
  if (folder !== null && pureFolders.includes(folder)) {
    for (const use of module.globals) {
      say(
        use.line,
        `uses ${use.name}`,
        'effects live in named places: clock, ids and chance are arguments here',
      );
    }
  }
  // A pure folder may name the path: it cannot read it.
  if (folder !== null && !procReaders.includes(folder) && !pureFolders.includes(folder)) {
    for (const line of module.procTexts)
      say(line, 'names /proc', 'only the host ports and the keeper read it');
  }
  if (module.hasDefaultExport)
    say(1, 'has a default export', 'named exports only: one name everywhere, searchable');
  return said;
}

type Say = (line: number, what: string, why: string) => void;

function checkInside(
  path: string,
  folder: string | null,
  use: { name: string; line: number },
  say: Say,
): void {
  const target = resolve(path, use.name);
  if (target.startsWith('../')) {
    // package.json and schema/ are data.
    if (!target.endsWith('.json'))
      say(use.line, `imports "${use.name}"`, 'src/ imports nothing outside src/ but data');
    return;
  }
  const other = folderOf(target);
  if (other === null) {
    say(use.line, `imports "${use.name}"`, 'main.ts is the composition root: nothing imports it');
    return;
  }
  if (folder === null || folder === other) return;
  const floor = floors[folder];
  if (floor !== undefined && !floor.may.includes(other)) {
    say(
      use.line,
      `imports ${other}/`,
      `${folder}/ may import ${floor.may.join(', ') || 'nothing of ours'}; ${floor.why}`,
    );
  }
  if (posix.basename(target) !== 'index.ts') {
    say(
      use.line,
      `imports the inside of ${other}/ ("${use.name}")`,
      "a folder's public face is its index.ts",
    );
  }
}

function checkOutside(folder: string | null, use: Use, say: Say): void {
  if (folder === null) return;
  if (use.name.startsWith('node:')) {
    if (pureFolders.includes(folder) && !isPure(use)) {
      say(use.line, `imports ${use.name}`, `${folder}/ is pure: it may use ${pureNodeModules.join(', ')}`);
    }
    return;
  }
  const name = use.name.startsWith('@')
    ? use.name.split('/').slice(0, 2).join('/')
    : (use.name.split('/')[0] ?? '');
  const home = packageHomes[name];
  if (home === undefined) {
    say(
      use.line,
      `imports ${name}`,
      'each outside package has one home: add it to test/architecture/rules/floors.ts',
    );
  } else if (home !== folder) {
    say(use.line, `imports ${name}`, `its one home is ${home}/, so that it can be changed in one place`);
  }
}

function isPure(use: Use): boolean {
  const allowed = pureNodeFunctions[use.name] ?? [];
  return (
    pureNodeModules.includes(use.name) ||
    (use.names.length > 0 && use.names.every((name) => allowed.includes(name)))
  );
}

/** Modules that need each other to be loaded; imports of types alone do not count, they are gone when compiled. */
function cycles(modules: readonly ModuleFacts[]): string[] {
  const edges = new Map(
    modules.map((module) => [
      module.path,
      module.imports
        .filter((use) => use.name.startsWith('.') && !use.typeOnly)
        .map((use) => resolve(module.path, use.name)),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) {
      found.push(
        `${[...trail.slice(at), path].join(' -> ')} is a cycle: none of these can be understood or tested alone`,
      );
      return;
    }
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

/** `planning` of `planning/plan.ts`; null for a file directly in src/. */
function folderOf(path: string): string | null {
  return path.includes('/') ? (path.split('/')[0] ?? null) : null;
}

function resolve(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}
