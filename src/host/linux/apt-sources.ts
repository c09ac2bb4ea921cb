/**
 * Where this host installs its own packages from, read out of apt's configuration: images are made from the same place, unless the recipe names another. Never names a mirror itself:
 * what the administrator set is what is used.
 */
import { RackError } from '../../model/index.js';
import { runProgram } from './programs.js';

export interface AptSource {
  /** Code name of the release: `bookworm`, also of `bookworm-updates`. */
  readonly codename: string;
  /** As it is in the archive: `bookworm-updates`. */
  readonly release: string;
  /** With user and password where the administrator wrote them there. */
  readonly uri: string;
  readonly component: string;
  /** `[trusted=yes] ` with its space, or nothing. */
  readonly flags: string;
}

const fields = ['ORIGIN', 'REPO_URI', 'RELEASE', 'CODENAME', 'COMPONENT', 'SIGNED_BY', 'TRUSTED'];
const distributions = ['Debian', 'Ubuntu'];
const shortMs = 30_000;
const updateMs = 300_000;

/** Not empty. Errors: E_IMAGE_BASE when apt is not there or offers no Debian or Ubuntu. May refresh apt's lists. */
export async function hostAptSources(): Promise<readonly AptSource[]> {
  const format = fields.map((field) => `$(${field})`).join('|');
  const read = async (): Promise<readonly AptSource[]> => {
    const args = ['indextargets', '--format', format, 'Created-By: Packages'];
    return parseAptSources((await runProgram('apt-get', args, { timeoutMs: shortMs })).stdout);
  };
  let found = await read();
  if (found.length === 0) {
    // The release files tell the origin, and a fresh machine may not have read them yet.
    await runProgram('apt-get', ['-q', 'update'], { timeoutMs: updateMs });
    found = await read();
  }
  if (found.length > 0) return found;
  throw new RackError(
    'E_IMAGE_BASE',
    'cannot find a Debian or Ubuntu release in the apt sources of this host',
    {
      hint: 'name suite and mirrors in the recipe',
    },
  );
}

/** What `apt-get indextargets` prints, a line each, other distributions left out. Pure. */
export function parseAptSources(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const values = line.split('|');
    const value = (field: string): string => {
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
