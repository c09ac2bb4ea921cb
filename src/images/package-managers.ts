/** How packages are installed in a tree that has a package manager: by that one, in the tree. */
import { type HostPath, RackError, rackPath } from '../model/index.js';
import type { BuildPorts } from './build.js';

/** The commands, in order. `packages` were checked: none is an option. Error: E_IMAGE_STEP when the tree has no package manager that is known. */
export function installCommands(
  { packing }: Pick<BuildPorts, 'packing'>,
  tree: HostPath,
  packages: readonly string[],
): readonly (readonly string[])[] {
  const has = (path: string): boolean =>
    packing.inTree(tree, (reader) => reader.read(rackPath(path), 1) !== null);
  if (has('/usr/bin/apt-get')) return aptCommands(packages);
  if (has('/sbin/apk')) return [['apk', 'add', '--no-cache', ...packages]];
  throw new RackError('E_IMAGE_STEP', 'the image has no apt-get and no apk', {
    blame: 'definition',
    hint: 'install them with the base (a debian base: first steps, or variant apt), or by a step run',
  });
}

/** Pure. */
export function aptCommands(packages: readonly string[]): readonly (readonly string[])[] {
  const install = ['--yes', '--no-install-recommends', '-o', 'Dpkg::Options::=--force-unsafe-io'];
  return [
    ['apt-get', '-q', 'update'],
    ['apt-get', '-q', ...install, 'install', '--', ...packages],
  ];
}
