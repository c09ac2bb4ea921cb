/** Directories of unix sockets: what they really are is allowed, as for mounts. The keeper opens them by the very path, and follows no link. */
import path from 'node:path';
import { hostPath, type ListenAddress, RackError } from '../../model/index.js';
import { checkSources, type SourceRules } from './sources.js';

/** Errors: E_SOURCE_MISSING, E_SOURCE_DENIED, E_SOURCE_TIMEOUT, each naming the directory. */
export async function checkSocketDirectories(
  listen: readonly ListenAddress[],
  rules: SourceRules,
  rack: string,
): Promise<void> {
  const directories = listen.flatMap((item) =>
    item.family === 'unix' ? [hostPath(path.dirname(item.path))] : [],
  );
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
