/**
 * What of a finished tree does not belong into an image: what the build left, what would be another at each build, what is a secret of one machine. Pure. What a recipe placed itself stays.
 */
import type { TreeEntry } from '../host/index.js';

/** With everything in them; the directories themselves stay. Of the tree, as all paths here. */
const emptied = ['dev', 'proc', 'sys', 'tmp', 'var/tmp'].map((name) => `/${name}`);
/** Files in them go, directories stay with their owners: services expect theirs. Links stay: logs are sent to standard output by them. */
const filesGo = ['/run', '/var/log', '/var/cache', '/var/lib/apt/lists'];
/** Answers that packages were configured with: they ask again without, and fail when they cannot. */
const kept: ReadonlySet<string> = new Set([
  '/var/cache/debconf/config.dat',
  '/var/cache/debconf/templates.dat',
]);

/** One machine's identity or secret, which many hosts must not share, or the bookkeeping of the package manager. */
const patterns: readonly RegExp[] = [
  /^\/etc\/machine-id$/,
  /^\/var\/lib\/dbus\/machine-id$/,
  /^\/etc\/ssh\/ssh_host_[^/]*_key(\.pub)?$/,
  /^\/var\/lib\/systemd\/(random-seed|credential\.secret)$/,
  /^\/var\/lib\/(urandom|misc)\/random-seed$/,
  /^\/etc\/\.pwd\.lock$/,
  /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
  /^\/var\/lib\/dpkg\/([^/]*-old|lock|lock-frontend|triggers\/Lock)$/,
  /^\/var\/lib\/apt\/lists\/lock$/,
  /^\/root\/\.(bash_history|ash_history|wget-hsts|lesshst)$/,
];

/** Tells of each entry whether it goes. `placed`: paths that `files` steps made; they stay, and what is in them. */
export function leftovers(placed: readonly string[]): (entry: TreeEntry) => boolean {
  const own = new Set(placed);
  const leading = new Set(placed.flatMap(parents));
  return (entry) => {
    // No image has device nodes, whoever made them.
    if (entry.type === 'device') return true;
    const { path } = entry;
    if (leading.has(path) || own.has(path) || parents(path).some((parent) => own.has(parent))) return false;
    return isLeftover(entry);
  };
}

function isLeftover({ path, type }: TreeEntry): boolean {
  if (emptied.some((directory) => path !== directory && isWithin(path, directory))) return true;
  if (type !== 'file' && type !== 'other') return false;
  if (filesGo.some((directory) => isWithin(path, directory))) return !kept.has(path);
  return patterns.some((pattern) => pattern.test(path));
}

/** `/a/b/c` → `/a/b`, `/a`. */
function parents(path: string): readonly string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, parts.length - index).join('/')}`);
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
