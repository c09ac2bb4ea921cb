/**
 * What does a Git process of ours see of the world? A fixed environment and a fixed configuration, written by us:
 * nothing of the user's HOME, of the system's gitconfig, of GIT_… variables, of agents or prompts.
 * Pure. Values that come from host.yaml are paths and the address only, and are quoted.
 */
import type { HostConfig, HostPath, RepositoryUrl } from '../model/index.js';
import { originOf } from './remote.js';

type Auth = HostConfig['repository']['auth'];

/** Network settings of the host that Git needs to get out; everything else is dropped. */
const passedOn = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY'];

/** Never the caller's: git, ssh and their helpers are looked up in the usual directories only. */
export const usualSearchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Names of `GIT_…` variables that we set ourselves (simple-git must be told each). */
export const ourGitVariables = [
  'GIT_DIR',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_GLOBAL',
  'GIT_TERMINAL_PROMPT',
  'GIT_ALLOW_PROTOCOL',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_NO_LAZY_FETCH',
  'GIT_ATTR_NOSYSTEM',
] as const;

/**
 * Environment of one Git process. `marker` is in it, so that helpers Git started (curl, ssh) can be found and ended.
 * `globalConfig`: `/dev/null`, or for a local repository the file that lets upload-pack read a directory of another user.
 */
export function gitEnvironment(options: {
  readonly inherited: Readonly<Record<string, string | undefined>>;
  readonly directory: HostPath | null;
  readonly globalConfig: string;
  readonly kind: RepositoryUrl['kind'];
  readonly marker: string;
  readonly searchPath: string;
  /** Where gpg, started by Git, finds its keys; absent: nowhere. */
  readonly gnupgHome?: HostPath | undefined;
}): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of passedOn) {
    const value = options.inherited[name];
    if (value !== undefined) environment[name] = value;
  }
  return {
    ...environment,
    PATH: options.searchPath,
    // A directory that is none: curl would read ~/.netrc, and without HOME looks the home directory up by itself.
    HOME: '/dev/null',
    ...(options.gnupgHome === undefined ? {} : { GNUPGHOME: options.gnupgHome }),
    LC_ALL: 'C',
    ...(options.directory === null ? {} : { GIT_DIR: options.directory }),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: options.globalConfig,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: options.kind === 'local' ? 'file' : options.kind,
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    [markerVariable]: options.marker,
  };
}

/** Variable that marks processes of ours and what they started. */
export const markerVariable = 'RACKOPS_GIT';

/** Text of the mirror's `config`: constants, plus the address's origin and the paths of credential files. */
export function mirrorConfig(options: {
  readonly url: RepositoryUrl;
  readonly auth: Auth;
  readonly caFile: HostPath | null;
}): string {
  const { url, auth } = options;
  const lines = [
    '# Written by rackops; changes are overwritten.',
    '[core]',
    '\trepositoryformatversion = 0',
    '\tfilemode = true',
    '\tbare = true',
    '\thooksPath = /dev/null',
    '\tfsmonitor = false',
    '\tattributesFile = /dev/null',
    '\texcludesFile = /dev/null',
    '\tlogAllRefUpdates = false',
    '\taskPass =',
    // The mirror is read one revision at a time on small hosts; the default caches are meant for workstations.
    '\tdeltaBaseCacheLimit = 16m',
    `\tsshCommand = ${quoted(sshCommand(auth))}`,
    '[ssh]',
    '\tvariant = ssh',
    '[protocol]',
    '\tallow = never',
    `[protocol "${url.kind === 'local' ? 'file' : url.kind}"]`,
    '\tallow = always',
    '[http]',
    '\tfollowRedirects = false',
    '\tsslVerify = true',
    // Ends a server that drips: fewer than 200 bytes a second for 20 seconds is no working connection.
    '\tlowSpeedLimit = 200',
    '\tlowSpeedTime = 20',
    // Git 2.46 and later send the credential at once and so save a round trip; older ones ignore it.
    ...(auth.kind === 'token' ? ['\tproactiveAuth = basic'] : []),
    ...(options.caFile === null ? [] : [`\tsslCAInfo = ${quoted(options.caFile)}`]),
    '[credential]',
    '\thelper =',
    '\tinteractive = false',
    ...(auth.kind === 'token' && url.kind === 'https'
      ? [
          `[credential ${quoted(originOf(url))}]`,
          '\thelper =',
          `\thelper = ${quoted(credentialHelper(auth.tokenFile, auth.usernameFile))}`,
        ]
      : []),
    '[transfer]',
    '\tfsckObjects = true',
    // Old but harmless flaws that well-known histories have; everything else stays refused.
    '[fetch "fsck"]',
    '\tzeroPaddedFilemode = ignore',
    '\tbadTimezone = ignore',
    '\tmissingSpaceBeforeDate = ignore',
    '[fetch]',
    '\trecurseSubmodules = false',
    // Every fetch keeps its pack: their number says when to repack, without walking the loose objects.
    '\tunpackLimit = 1',
    '[submodule]',
    '\trecurse = false',
    '[gc]',
    '\tauto = 0',
    '[maintenance]',
    '\tauto = false',
    '[pack]',
    '\tthreads = 1',
    '\twindowMemory = 32m',
  ];
  return `${lines.join('\n')}\n`;
}

/** Configuration for the upload-pack side of a local repository: it may belong to another user, because host.yaml names it. */
export const localGlobalConfig =
  '# Written by rackops: the repository that host.yaml names may belong to another user.\n[safe]\n\tdirectory = *\n';

/**
 * Configuration of the Git processes that check signatures: the files are copies in a throw-away directory. A kind of key that host.yaml does not name is checked by `false`, which accepts
 * nothing; X.509 always is.
 */
export function signatureConfig(files: {
  readonly allowedSigners: HostPath | null;
  readonly revokedKeys: HostPath | null;
  readonly hasGpgKeys: boolean;
}): string {
  const { allowedSigners, revokedKeys, hasGpgKeys } = files;
  const lines = [
    '# Written by rackops for one check of signatures.',
    '[gpg]',
    `\tprogram = ${hasGpgKeys ? 'gpg' : 'false'}`,
    '\tminTrustLevel = undefined',
    '[gpg "x509"]',
    '\tprogram = false',
    '[gpg "ssh"]',
    `\tprogram = ${allowedSigners === null ? 'false' : 'ssh-keygen'}`,
    ...(allowedSigners === null ? [] : [`\tallowedSignersFile = ${quoted(allowedSigners)}`]),
    ...(revokedKeys === null ? [] : [`\trevocationFile = ${quoted(revokedKeys)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Configuration of the gpg that Git starts: the keys in its home count, nothing is fetched, no agent is started, SHA-1 proves nothing. */
export const gpgConfig = [
  'trust-model always',
  'no-autostart',
  'no-auto-key-locate',
  'no-auto-key-retrieve',
  'weak-digest SHA1',
  'batch',
  'no-tty',
  'no-greeting',
  '',
].join('\n');

/** Constant ssh command: no user configuration, no agent, no forwarding, no questions, only the host keys of the file. */
export function sshCommand(auth: Auth): string {
  const knownHosts = auth.kind === 'ssh' ? auth.knownHostsFile : null;
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${sshQuoted(knownHosts ?? '/dev/null')}`,
    `GlobalKnownHostsFile=${knownHosts === null ? '/etc/ssh/ssh_known_hosts' : '/dev/null'}`,
    'UpdateHostKeys=no',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'ForwardAgent=no',
    'ForwardX11=no',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'ProxyCommand=none',
    'ControlMaster=no',
    'ControlPath=none',
    'PreferredAuthentications=publickey',
    'ConnectTimeout=15',
    // Notices a peer that went silent even when the deadline is long, and after the agent itself was killed.
    'ServerAliveInterval=10',
    'ServerAliveCountMax=2',
    `IdentityFile=${auth.kind === 'ssh' ? sshQuoted(auth.sshKeyFile) : 'none'}`,
  ];
  return ['ssh', '-F', '/dev/null', ...options.flatMap((option) => ['-o', shellQuoted(option)])].join(' ');
}

/**
 * Credential helper that prints user and token straight from the host's files, each time anew: a rotated token works at once,
 * nothing is copied, and the token is in no argument and no environment. Git's own `store` helper writes its file at every
 * successful call and erases it after a refusal, so it is not used.
 */
export function credentialHelper(tokenFile: HostPath, usernameFile: HostPath | null): string {
  const user = usernameFile === null ? 'printf git' : `tr -d '\\r\\n' < ${shellQuoted(usernameFile)}`;
  return `!f() { test "$1" = get || exit 0; printf username=; ${user}; printf '\\npassword='; tr -d '\\r\\n' < ${shellQuoted(tokenFile)}; printf '\\n'; }; f`;
}

/** A value in Git's configuration syntax. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** One word of a POSIX shell command. */
function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A path in ssh's option syntax, where % is special. */
function sshQuoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
