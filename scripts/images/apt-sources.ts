/**
 * Where this host gets its own distribution's packages from, read out of apt's configuration: images are made from the same place, through the same proxy.
 * Never names a mirror itself: what the administrator set is what is used.
 */
import { command } from './command.js';

/** What mmdebstrap needs to know about this host's apt. */
export interface AptSources {
  /** Code name: `bookworm`, `noble`. */
  readonly suite: string;
  /** One-line source entries, as in sources.list. */
  readonly lines: readonly string[];
  /** apt options of the host that the bootstrap needs too (proxies), as `Key "value";`. */
  readonly options: readonly string[];
}

const fields = ['ORIGIN', 'REPO_URI', 'RELEASE', 'CODENAME', 'COMPONENT', 'SIGNED_BY', 'TRUSTED'];
const distributions = ['Debian', 'Ubuntu'];

/** Reads only. Throws when the host's sources do not offer a Debian or Ubuntu release. */
export async function aptSources(): Promise<AptSources> {
  const read = () =>
    command('apt-get', [
      'indextargets',
      '--format',
      fields.map((field) => `$(${field})`).join('|'),
      'Created-By: Packages',
    ]);
  let found = parse(await read());
  if (found.length === 0) {
    // The release files tell the origin, and a fresh machine may not have read them yet.
    await command('apt-get', ['-q', 'update']);
    found = parse(await read());
  }
  const suite = shortest(found.map((source) => source.codename));
  if (suite === null)
    throw new Error('cannot find a Debian or Ubuntu release in the apt sources of this host');
  const lines = found.map(
    (source) => `deb ${source.flags}${source.uri} ${source.release} ${source.component}`,
  );
  return { suite, lines: [...new Set(lines)], options: await proxies() };
}

function parse(
  text: string,
): { codename: string; release: string; uri: string; component: string; flags: string }[] {
  return text.split('\n').flatMap((line) => {
    const values = line.split('|');
    const value = (field: string) => {
      const found = values[fields.indexOf(field)] ?? '';
      // apt leaves the placeholder of a field that it does not know.
      return found.startsWith('$(') ? '' : found;
    };
    if (!distributions.includes(value('ORIGIN'))) return [];
    const flags = [
      value('SIGNED_BY') === '' ? '' : `signed-by=${value('SIGNED_BY')}`,
      value('TRUSTED') === 'yes' ? 'trusted=yes' : '',
    ].filter((flag) => flag !== '');
    return {
      codename: value('CODENAME'),
      release: value('RELEASE'),
      uri: value('REPO_URI'),
      component: value('COMPONENT'),
      flags: flags.length === 0 ? '' : `[${flags.join(' ')}] `,
    };
  });
}

/** `bookworm` of `bookworm`, `bookworm-updates`, `bookworm-security`. */
function shortest(names: readonly string[]): string | null {
  return [...names].filter((name) => name !== '').sort((a, b) => a.length - b.length)[0] ?? null;
}

async function proxies(): Promise<string[]> {
  const dump = await command('apt-config', ['dump', '--format', '%f "%v";%n', 'Acquire']);
  return dump.split('\n').filter((line) => /^Acquire::https?::(Proxy|proxy)\S* "[^"]+";$/.test(line));
}
