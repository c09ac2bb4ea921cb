/**
 * The runtime's `config.json` for a command in the root of an image that is being made. Pure. What it may do is what a package manager needs inside of its root, and nothing outside of it:
 * docs/adr/0017 says which capability is for what.
 */
import type { HostPath } from '../../model/index.js';
import { kernelMounts, maskedPaths, readonlyPaths } from './oci-config.js';
import { seccompProfile } from './seccomp.js';

/**
 * Files of any owner and mode are written (chown, dac_override, fowner, fsetid), file capabilities set (setfcap), users changed (setuid, setgid, setpcap), own processes ended (kill), chroots entered
 * (sys_chroot), and a check starts a server on a port below 1024 (net_bind_service). Not among them: mknod. An image has no device nodes.
 */
export const rootCapabilities: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
];

/** Packages must not ask, and tools must not draw. */
const environment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  TERM: 'dumb',
  DEBIAN_FRONTEND: 'noninteractive',
};

/** Enough for a build with all processors, too few for a fork bomb to hurt the host. */
const maxProcesses = 16_384;

export interface RootConfigInput {
  readonly root: HostPath;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** File of the network namespace it joins; null: the host's. */
  readonly network: string | null;
  /** Absolute cgroup path. */
  readonly cgroup: string;
  /** Read-only files of ours over paths of the root. */
  readonly files: readonly { readonly source: HostPath; readonly target: string }[];
  /** Hard limit of open files of each process. */
  readonly maxOpenFiles: number;
  /** The host can keep a limit of processes. */
  readonly limitsProcesses: boolean;
}

/** An object to be written as JSON. */
export function rootConfig(input: RootConfigInput): object {
  const { root, command, env, network, cgroup, files, limitsProcesses, maxOpenFiles } = input;
  const capabilities = [...rootCapabilities];
  return {
    ociVersion: '1.0.2',
    hostname: 'image',
    root: { path: root, readonly: false },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0, umask: 0o022 },
      cwd: '/',
      args: command,
      env: Object.entries({ ...environment, ...env }).map(([name, value]) => `${name}=${value}`),
      capabilities: {
        bounding: capabilities,
        permitted: capabilities,
        effective: capabilities,
        inheritable: [],
        ambient: [],
      },
      noNewPrivileges: true,
      oomScoreAdj: 0,
      rlimits: [
        // The soft limit is what old package managers loop over; a build tool raises its own.
        { type: 'RLIMIT_NOFILE', soft: Math.min(1_024, maxOpenFiles), hard: maxOpenFiles },
        { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
      ],
    },
    mounts: [
      ...kernelMounts,
      ...['/tmp', '/run'].map(emptyDirectory),
      ...files.map(({ source, target }) => ({
        destination: target,
        type: 'bind',
        source,
        options: ['bind', 'ro', 'nosuid', 'nodev'],
      })),
    ],
    linux: {
      cgroupsPath: cgroup,
      namespaces: [
        ...['mount', 'pid', 'ipc', 'uts'].map((type) => ({ type })),
        ...(network === null ? [] : [{ type: 'network', path: network }]),
      ],
      rootfsPropagation: 'rprivate',
      maskedPaths,
      readonlyPaths,
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        ...(limitsProcesses ? { pids: { limit: maxProcesses } } : {}),
      },
      seccomp: seccompProfile(capabilities),
    },
  };
}

/** What a command leaves there does not get into the image: times, pids and sockets of a moment. */
function emptyDirectory(destination: string): object {
  const mode = destination === '/tmp' ? 'mode=1777' : 'mode=755';
  return { destination, type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', mode] };
}
