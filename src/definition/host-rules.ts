/** Fields of host.yaml that a schema cannot check. Text only: whether a directory exists is asked elsewhere. */
import { branchFault } from './branch.js';
import { cronFault } from './cron.js';
import { durationFindings } from './durations.js';
import type { Fields } from './fields.js';
import { type Finding, quoted } from './finding.js';
import { imageSourceFindings } from './image-sources.js';
import { hostNotInForce } from './not-in-force.js';
import { faults } from './path-rules.js';
import { pathFault, plainRepositoryPath, repositoryPathFault } from './paths.js';
import { repositoryUrl } from './repository-url.js';
import { capabilityFindings } from './service-rules.js';

const baseDirectories = ['/root', '/state', '/run'];
const hostPaths = [
  '/allow/mounts/*',
  '/allow/secrets/*',
  '/repository/auth/tokenFile',
  '/repository/auth/usernameFile',
  '/repository/auth/sshKeyFile',
  '/repository/auth/knownHostsFile',
  '/images/sources/*/directory',
  '/images/sources/*/caFile',
  '/images/sources/*/auth/*',
  '/images/sources/*/headers/*/file',
  '/images/sources/*/verify/keys/*',
  '/images/verify/keys/*',
  '/repository/verify/allowedSignersFile',
  '/repository/verify/revokedKeysFile',
  '/repository/verify/gpgKeysFile',
];

/** All findings about the host's own configuration. */
export function hostFindings(fields: Fields): readonly Finding[] {
  return [
    ...baseFindings(fields),
    ...hostPaths.flatMap((pattern) => faults(fields, pattern, pathFault)),
    ...faults(fields, '/repository/path', (path) => repositoryPathFault(plainRepositoryPath(path))),
    ...imageSourceFindings(fields),
    ...urlFindings(fields),
    ...authFindings(fields),
    ...verifyFindings(fields),
    ...textFindings(
      fields,
      '/repository/branch',
      'E_REF_NAME',
      branchFault,
      'write the plain name, such as main',
    ),
    ...textFindings(
      fields,
      '/repository/poll',
      'E_CRON',
      cronFault,
      'write 5 fields, or 6 with seconds first: "*/30 * * * * *"',
    ),
    ...capabilityFindings(fields, '/allow/capabilities/*'),
    ...durationFindings(fields),
    ...hostNotInForce(fields),
  ];
}

function baseFindings(fields: Fields): readonly Finding[] {
  const seen = new Map<string, string>();
  return baseDirectories.flatMap((pointer) =>
    fields.texts(pointer).flatMap(({ value }) => {
      const first = seen.get(value);
      seen.set(value, pointer);
      if (/[,:\\\s]/.test(value)) {
        const message = `${quoted(value)} has a comma, colon, backslash or white space, which mean something in overlay mount options`;
        return [fields.finding(pointer, 'E_BASE_DIR', message, 'choose another directory')];
      }
      if (value === '/')
        return [
          fields.finding(pointer, 'E_BASE_DIR', '"/" is the whole host', 'choose a directory below it'),
        ];
      if (first !== undefined) {
        const message = `${quoted(value)} is used twice (first in ${first})`;
        return [fields.finding(pointer, 'E_BASE_DIR', message, 'give each a directory of its own')];
      }
      const fault = pathFault(value);
      return fault === null ? [] : [fields.finding(pointer, fault.code, fault.message, fault.hint)];
    }),
  );
}

function urlFindings(fields: Fields): readonly Finding[] {
  const text = fields.text('/repository/url');
  if (text === null || text === '') return [];
  const result = repositoryUrl(text);
  return 'url' in result ? [] : [fields.finding('/repository/url', result.code, result.message, result.hint)];
}

function authFindings(fields: Fields): readonly Finding[] {
  const pointer = '/repository/auth';
  const given = (name: string): boolean => fields.text(`${pointer}/${name}`) !== null;
  const finding = (message: string, hint: string): readonly Finding[] => [
    fields.keyFinding(pointer, 'E_AUTH', message, hint),
  ];
  if (fields.each(pointer).length === 0) return [];
  const isToken = given('tokenFile') || given('usernameFile');
  const isSsh = given('sshKeyFile') || given('knownHostsFile');
  if (!isToken && !isSsh)
    return finding('no credential is given', 'give tokenFile or sshKeyFile, or remove auth');
  if (isToken && isSsh) return finding('credentials for https and for ssh', 'give one of them');
  if (isToken && !given('tokenFile')) return finding('usernameFile without tokenFile', 'add tokenFile');
  if (isSsh && !given('sshKeyFile')) return finding('knownHostsFile without sshKeyFile', 'add sshKeyFile');
  const result = repositoryUrl(fields.text('/repository/url') ?? '');
  if (!('url' in result)) return [];
  const { kind } = result.url;
  if (kind === 'local') return finding('a local repository needs no credentials', 'remove auth');
  if (isToken && kind !== 'https') return finding('tokenFile is for https', 'use sshKeyFile');
  if (isSsh && kind !== 'ssh') return finding('sshKeyFile is for ssh', 'use tokenFile');
  return [];
}

function verifyFindings(fields: Fields): readonly Finding[] {
  const pointer = '/repository/verify';
  if (fields.each(pointer).length === 0) return [];
  const given = (name: string): boolean => fields.each(`${pointer}/${name}`).length > 0;
  const finding = (message: string, hint: string): readonly Finding[] => [
    fields.keyFinding(pointer, 'E_SIG_CONFIG', message, hint),
  ];
  if (!given('allowedSignersFile') && !given('gpgKeysFile'))
    return finding('nobody may sign', 'give allowedSignersFile (SSH) or gpgKeysFile (OpenPGP)');
  if (given('revokedKeysFile') && !given('allowedSignersFile'))
    return finding('revokedKeysFile without allowedSignersFile', 'add allowedSignersFile');
  if (given('gpgFingerprints') && !given('gpgKeysFile'))
    return finding('gpgFingerprints without gpgKeysFile', 'add gpgKeysFile');
  return [];
}

function textFindings(
  fields: Fields,
  pointer: string,
  code: Finding['code'],
  check: (text: string) => string | null,
  hint: string,
): readonly Finding[] {
  return fields.texts(pointer).flatMap(({ value }) => {
    const fault = value === '' ? null : check(value);
    return fault === null ? [] : [fields.finding(pointer, code, `${quoted(value)}: ${fault}`, hint)];
  });
}
