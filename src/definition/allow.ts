/** Does a rack ask for more than this host allows? By text; where a path leads to is checked when it is used. */
import { type HostConfig, parseListen } from '../model/index.js';
import { capabilityName } from './capabilities.js';
import { quoted } from './finding.js';
import { isWithin } from './paths.js';
import type { ValidFile } from './set.js';

/** Adds findings. */
export function checkAllowed(
  file: ValidFile,
  { allow, name: host }: Pick<HostConfig, 'allow' | 'name'>,
): void {
  for (const [index, mount] of (file.rack.mounts ?? []).entries()) {
    if (allow.mounts.some((directory) => isWithin(mount.source, directory))) continue;
    file.report(
      `/mounts/${index}/source`,
      'E_SOURCE_DENIED',
      `${quoted(mount.source)} is not within what ${quoted(host)} allows: ${list(allow.mounts)}`,
      'choose another source, or have allow.mounts of the host extended',
    );
  }
  for (const [pointer, path] of unixSockets(file)) {
    const directory = path.slice(0, path.lastIndexOf('/'));
    if (allow.mounts.some((allowed) => isWithin(directory, allowed))) continue;
    file.report(
      pointer,
      'E_SOURCE_DENIED',
      `${quoted(path)} is not within what ${quoted(host)} allows: ${list(allow.mounts)}`,
      'choose another directory, or have allow.mounts of the host extended',
    );
  }
  for (const [pointer, path] of secrets(file)) {
    if (allow.secrets.some((directory) => isWithin(path, directory))) continue;
    file.report(
      pointer,
      'E_SECRET_DENIED',
      `${quoted(path)} is not within what ${quoted(host)} allows: ${list(allow.secrets)}`,
      'move the secret, or have allow.secrets of the host extended',
    );
  }
  for (const [service, { capabilities = [] }] of Object.entries(file.rack.services)) {
    for (const [index, capability] of capabilities.entries()) {
      if (allow.capabilities.includes(capabilityName(capability))) continue;
      file.report(
        `/services/${service}/capabilities/${index}`,
        'E_CAPABILITY_DENIED',
        `${quoted(capability)} is not within what ${quoted(host)} allows`,
        'do without it, or have allow.capabilities of the host extended',
      );
    }
  }
}

function unixSockets(file: ValidFile): readonly (readonly [pointer: string, path: string])[] {
  return Object.entries(file.rack.services).flatMap(([service, { listen = [] }]) =>
    listen.flatMap((entry, index) => {
      const parsed = parseListen(entry);
      return parsed?.family === 'unix'
        ? [[`/services/${service}/listen/${index}`, parsed.path] as const]
        : [];
    }),
  );
}

function secrets(file: ValidFile): readonly (readonly [pointer: string, path: string])[] {
  const { env = {}, services } = file.rack;
  const groups = [
    ['/env', env] as const,
    ...Object.entries(services).map(
      ([name, service]) => [`/services/${name}/env`, service.env ?? {}] as const,
    ),
  ];
  return groups.flatMap(([pointer, variables]) =>
    Object.entries(variables).flatMap(([name, value]) =>
      typeof value === 'string' ? [] : [[`${pointer}/${name}/fromHostFile`, value.fromHostFile] as const],
    ),
  );
}

function list(directories: readonly string[]): string {
  return directories.length === 0 ? 'nothing' : directories.slice(0, 4).join(', ');
}
