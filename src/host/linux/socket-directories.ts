/**
 * Directories of unix sockets: what they really are is allowed, as for mounts, and no other machine sees them. The keeper opens them by the very path, and follows no
 * link.
 */
import path from 'node:path';
import { hostPath, type ListenAddress, RackError } from '../../model/index.js';
import { mountOf, readMountinfo } from './mountinfo.js';
import { checkSources, isRemote, type SourceRules } from './sources.js';

/** Errors: E_SOURCE_MISSING, E_SOURCE_DENIED, E_SOURCE_TIMEOUT, each naming the directory. */
export async function checkSocketDirectories(
  listen: readonly ListenAddress[],
  rules: SourceRules,
  rack: string,
): Promise<void> {
  const directories = listen.flatMap((item) =>
    item.family === 'unix' ? [hostPath(path.dirname(item.path))] : [],
  );
  await refuseRemote(directories, rack);
  const real = await checkSources(directories, { ...rules, verb: 'listen in' }, rack);
  const link = directories.findIndex((directory, index) => real[index] !== directory);
  if (link === -1) return;
  throw new RackError(
    'E_SOURCE_DENIED',
    `cannot listen in "${directories[link]}": it is "${real[link]}", by a link`,
    {
      rack,
      blame: 'definition',
      hint: `write unix: ${real[link]}/…`,
    },
  );
}

/** Told from the path alone: what is behind it may not answer. A link to such a place is refused as a link. */
async function refuseRemote(directories: readonly string[], rack: string): Promise<void> {
  if (directories.length === 0) return;
  const records = await readMountinfo();
  for (const directory of directories) {
    const mount = mountOf(records, directory);
    if (mount === null || !isRemote(mount.type)) continue;
    throw new RackError(
      'E_SOURCE_DENIED',
      `cannot listen in "${directory}": it is on a network file system (${mount.type} at "${mount.mountPoint}"), where another machine could replace the socket`,
      { rack, blame: 'definition', hint: 'choose a directory on a disk of this host, or on a tmpfs' },
    );
  }
}
