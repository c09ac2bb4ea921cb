/** Are the racks that others depend on defined, and can an order be found? Only racks on a circle are refused, not those that wait for it. */
import { didYouMean } from '../lib/index.js';
import { cycles, onCycles } from './cycles.js';
import { quoted } from './finding.js';
import { compareText, isValid, type ValidFile } from './set.js';

/**
 * Adds findings. `valid`: all valid files of the repository; `here`: those that this host runs (without a host: all);
 * `names`: every name that any file claims, valid or not: a rack that waits for an invalid one is not wrong itself.
 */
export function checkDependencies(
  valid: readonly ValidFile[],
  here: readonly ValidFile[],
  names: ReadonlySet<string>,
): void {
  const sortedNames = [...names].sort(compareText);
  const validNames = new Set(valid.map((file) => file.rack.name));
  const hereNames = new Set(here.map((file) => file.rack.name));
  for (const file of valid) {
    const isHere = hereNames.has(file.rack.name);
    for (const [index, name] of (file.rack.dependsOn ?? []).entries()) {
      const pointer = `/dependsOn/${index}`;
      if (!names.has(name)) {
        const near = didYouMean(name, sortedNames);
        const hint = near === null ? 'define it, or remove the dependency' : `did you mean "${near}"?`;
        file.report(pointer, 'E_UNKNOWN_DEPENDENCY', `no rack ${quoted(name)} is defined`, hint);
      } else if (isHere && validNames.has(name) && !hereNames.has(name)) {
        const message = `the rack ${quoted(name)} does not run on this host; it is not waited for`;
        file.report(pointer, 'W_DEPENDENCY_ELSEWHERE', message, 'nothing, or correct hosts.labels');
      }
    }
  }
  checkCycles(here.filter(isValid));
}

function checkCycles(files: readonly ValidFile[]): void {
  const byName = new Map(files.map((file) => [file.rack.name, file]));
  const edges = new Map(
    files.map(({ rack }) => [rack.name, (rack.dependsOn ?? []).filter((name) => byName.has(name))]),
  );
  const circles = cycles(edges);
  if (circles.length === 0) return;
  for (const name of onCycles(edges)) {
    const file = byName.get(name);
    const circle = circles.find((c) => c.includes(name)) ?? shared(name, circles, edges);
    if (file === undefined || circle === undefined) continue;
    const places = circle.map((member) => place(byName.get(member), circle));
    const path = [...circle, circle[0]].join(' -> ');
    const pointer = dependencyPointer(file, circle);
    file.report(
      pointer,
      'E_CYCLE',
      `racks wait for each other: ${path} (${places.join(', ')})`,
      'remove one of these dependencies',
    );
  }
}

/** A knot has more circles than the one that is shown; every rack of the knot is refused with that one. */
function shared(
  name: string,
  circles: readonly (readonly string[])[],
  edges: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const reached = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(edges.get(next) ?? []));
  }
  return circles.find((circle) => circle.some((member) => reached.has(member)));
}

function place(file: ValidFile | undefined, circle: readonly string[]): string {
  if (file === undefined) return '';
  const line = file.parsed?.placeOf(dependencyPointer(file, circle)).line ?? 1;
  return `${file.path}:${line}`;
}

function dependencyPointer(file: ValidFile, circle: readonly string[]): string {
  const index = (file.rack.dependsOn ?? []).findIndex((name) => circle.includes(name));
  return index === -1 ? '/dependsOn' : `/dependsOn/${index}`;
}
