/**
 * Which packages are in a tree: the databases of package managers, read as text. Pure; what cannot be understood is left out, because the list only informs. The database of RPM is binary, and not read.
 */
import { type InstalledPackage, type RackPath, rackPath } from '../model/index.js';

/** As of `TreeReader`. */
interface Reader {
  read(path: RackPath, maxBytes: number): Buffer | null;
  list(path: RackPath): readonly string[];
}

/** A database of twenty thousand packages. */
const maxDatabaseBytes = 64 * 1_048_576;
const maxFieldBytes = 4_096;

/** Sorted by manager, name and version. Empty when there is no database that is known. */
export function installedPackages(reader: Reader): readonly InstalledPackage[] {
  return [...dpkg(reader), ...apk(reader), ...pacman(reader), ...portage(reader)].sort(
    (a, b) => compare(a.manager, b.manager) || compare(a.name, b.name) || compare(a.version, b.version),
  );
}

/** Debian and Ubuntu; without a manager (`status.d`) one file a package. */
function dpkg(reader: Reader): readonly InstalledPackage[] {
  const single = '/var/lib/dpkg/status.d';
  const files = reader.list(rackPath(single)).filter((name) => !name.endsWith('.md5sums'));
  const texts = ['/var/lib/dpkg/status', ...files.map((name) => `${single}/${name}`)];
  return texts.flatMap((path) => stanzas(textAt(reader, path)).flatMap(dpkgPackage));
}

function dpkgPackage(stanza: ReadonlyMap<string, string>): readonly InstalledPackage[] {
  const status = stanza.get('Status') ?? 'install ok installed';
  const [name, version] = [stanza.get('Package'), stanza.get('Version')];
  if (name === undefined || version === undefined || !status.endsWith(' installed')) return [];
  return [{ manager: 'dpkg', name, version, architecture: stanza.get('Architecture') ?? null }];
}

/** Alpine: `P:` name, `V:` version, `A:` architecture. */
function apk(reader: Reader): readonly InstalledPackage[] {
  return stanzas(textAt(reader, '/lib/apk/db/installed')).flatMap((stanza) => {
    const [name, version] = [stanza.get('P'), stanza.get('V')];
    if (name === undefined || version === undefined) return [];
    return [{ manager: 'apk' as const, name, version, architecture: stanza.get('A') ?? null }];
  });
}

/** Arch: a directory `name-version-release` for each. */
function pacman(reader: Reader): readonly InstalledPackage[] {
  return reader.list(rackPath('/var/lib/pacman/local')).flatMap((entry) => {
    const [, name, version] = /^(.+)-([^-]+-[^-]+)$/.exec(entry) ?? [];
    if (name === undefined || version === undefined) return [];
    return [{ manager: 'pacman' as const, name, version, architecture: null }];
  });
}

/** Gentoo: a directory `category/name-version[-rN]` for each. */
function portage(reader: Reader): readonly InstalledPackage[] {
  const base = '/var/db/pkg';
  return reader.list(rackPath(base)).flatMap((category) =>
    reader.list(rackPath(`${base}/${category}`)).flatMap((entry) => {
      const [, name, version] = /^(.+?)-(\d[^-]*(?:-r\d+)?)$/.exec(entry) ?? [];
      if (name === undefined || version === undefined) return [];
      const chost = textAt(reader, `${base}/${category}/${entry}/CHOST`, maxFieldBytes).trim();
      const architecture = chost === '' ? null : chost;
      return [{ manager: 'portage' as const, name: `${category}/${name}`, version, architecture }];
    }),
  );
}

/** Paragraphs of `Name: value` lines; continued lines are left out. The text is a stranger's: in time of its length, whatever it is. */
function stanzas(text: string): readonly ReadonlyMap<string, string>[] {
  const found: ReadonlyMap<string, string>[] = [];
  let fields = new Map<string, string>();
  for (const line of [...text.split('\n'), '']) {
    const at = line.indexOf(':');
    if (line.trim() === '') {
      if (fields.size > 0) found.push(fields);
      fields = new Map();
    } else if (at > 0 && !/\s/.test(line.charAt(0))) fields.set(line.slice(0, at), line.slice(at + 1).trim());
  }
  return found;
}

function textAt(reader: Reader, path: string, maxBytes = maxDatabaseBytes): string {
  return reader.read(rackPath(path), maxBytes)?.toString('utf8') ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
