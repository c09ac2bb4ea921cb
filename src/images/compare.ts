/** What changed from one image to another. Pure: manifests and package lists in, differences out. */
import { stableJson } from '../lib/index.js';
import type {
  ChangedPackage,
  Facet,
  FileChanges,
  InstalledPackage,
  ManifestEntry,
  PackageChanges,
} from '../model/index.js';

/** Each path once in both; the differences are in the order of the manifests. Times are not in manifests, and do not count. */
export function fileChanges(before: readonly ManifestEntry[], after: readonly ManifestEntry[]): FileChanges {
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const kept = new Set<string>();
  const added: string[] = [];
  const changed: { path: string; what: readonly Facet[] }[] = [];
  for (const entry of after) {
    const was = old.get(entry.path);
    if (was === undefined) {
      added.push(entry.path);
      continue;
    }
    kept.add(entry.path);
    const what = differences(was, entry);
    if (what.length > 0) changed.push({ path: entry.path, what });
  }
  const removed = before.map(({ path }) => path).filter((path) => !kept.has(path));
  return { added, changed, removed };
}

function differences(a: ManifestEntry, b: ManifestEntry): readonly Facet[] {
  if (a.type !== b.type) return ['type'];
  const what: Facet[] = [];
  if (contentOf(a) !== contentOf(b)) what.push('content');
  if (a.mode !== b.mode) what.push('mode');
  if (a.uid !== b.uid || a.gid !== b.gid) what.push('owner');
  if (stableJson(a.xattrs ?? {}) !== stableJson(b.xattrs ?? {})) what.push('xattrs');
  return what;
}

function contentOf(entry: ManifestEntry): string {
  if (entry.type === 'file') return entry.sha256;
  if (entry.type === 'link') return entry.target;
  return 'device' in entry ? entry.device : '';
}

/** A package is told by manager, name and architecture; several versions of one may be there (kernels, slots). */
export function packageChanges(
  before: readonly InstalledPackage[],
  after: readonly InstalledPackage[],
): PackageChanges {
  const old = byIdentity(before);
  const now = byIdentity(after);
  const changed: ChangedPackage[] = [];
  for (const [key, packages] of now) {
    const was = old.get(key);
    const [first] = packages;
    if (was === undefined || first === undefined) continue;
    const [from, to] = [versions(was), versions(packages)];
    if (from.join('\n') === to.join('\n')) continue;
    const { manager, name, architecture } = first;
    changed.push({ manager, name, architecture, from, to });
  }
  return {
    added: [...now].flatMap(([key, packages]) => (old.has(key) ? [] : packages)),
    changed,
    removed: [...old].flatMap(([key, packages]) => (now.has(key) ? [] : packages)),
  };
}

function byIdentity(packages: readonly InstalledPackage[]): ReadonlyMap<string, readonly InstalledPackage[]> {
  const groups = new Map<string, InstalledPackage[]>();
  for (const item of packages) {
    const key = `${item.manager}\n${item.name}\n${item.architecture ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return new Map([...groups].sort(([a], [b]) => inOrder(a, b)));
}

function versions(packages: readonly InstalledPackage[]): readonly string[] {
  return packages.map(({ version }) => version).sort(inOrder);
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
