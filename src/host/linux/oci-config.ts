/**
 * The runtime's `config.json` of one service. Pure: everything that had to be looked up comes as an argument. The cgroup path is not in it: each start gets
 * its own from the keeper. Must never give a service more than its definition and the host's allow-list say.
 */
import {
  type DesiredRack,
  type DesiredService,
  type HostPath,
  type MountPoint,
  type RackPath,
  rackOfName,
} from '../../model/index.js';
import type { AvailableLimits } from './cgroups.js';
import { seccompProfile } from './seccomp.js';

export interface LookedUpUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

export interface BindMount {
  /** Real path, checked against the allow-list. */
  readonly source: HostPath;
  readonly target: RackPath;
  readonly readOnly: boolean;
  readonly kind: MountPoint['kind'];
}

export interface OciInput {
  /** Hard limit of open files of each process. */
  readonly maxOpenFiles: number;
  readonly rack: DesiredRack;
  readonly service: DesiredService;
  /** The merged tree. */
  readonly tree: HostPath;
  readonly user: LookedUpUser;
  /** Secrets resolved. */
  readonly env: Readonly<Record<string, string>>;
  /** Mounts and files of the definition, in any order. */
  readonly binds: readonly BindMount[];
  readonly limits: AvailableLimits;
  /** File of the network namespace it joins; null: the host's. */
  readonly network: HostPath | null;
  /** The kernel can make a whole tree of mounts read-only (mount_setattr, 5.12). */
  readonly recursiveReadOnly: boolean;
}

/** What a process with another user than root must not have by mere inheritance: with these it is root by another name. */
const rootLike: ReadonlySet<string> = new Set([
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
]);

export function ociConfig(input: OciInput): object {
  const { rack, service, user, tree, env, limits } = input;
  return {
    ociVersion: '1.0.2',
    hostname: rackOfName(rack.name),
    root: { path: tree, readonly: false },
    process: {
      terminal: false,
      user: { uid: user.uid, gid: user.gid, additionalGids: user.groups, umask: 0o022 },
      cwd: service.workdir,
      args: service.command,
      env: Object.entries({ ...env, ...listenVariables(service) }).map(([name, value]) => `${name}=${value}`),
      capabilities: capabilitySets(service.capabilities, user),
      noNewPrivileges: true,
      oomScoreAdj: 0,
      rlimits: [
        // The soft limit is what old programs loop over; a server raises its own.
        { type: 'RLIMIT_NOFILE', soft: Math.min(1_024, input.maxOpenFiles), hard: input.maxOpenFiles },
        // A core dump would hold the rack's secrets, in a place of the host's choosing.
        { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
      ],
    },
    mounts: [...kernelMounts, ...bindMounts(input)],
    linux: {
      // The host's network, as in a chroot: racks are reached by the host's addresses.
      namespaces: [
        ...['mount', 'pid', 'ipc', 'uts'].map((type) => ({ type })),
        ...(input.network === null ? [] : [{ type: 'network', path: input.network }]),
      ],
      rootfsPropagation: 'rslave',
      maskedPaths,
      readonlyPaths,
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        ...resources(service, limits),
      },
      seccomp: seccompProfile(service.capabilities),
    },
  };
}

/**
 * Root has exactly the service's list. Another user gets, on top of the limit, only what is not as good as being root: `user:` plus a port below 1024 or a
 * raw socket works without a start as root, and the usual list does not undo `user:`.
 */
function capabilitySets(capabilities: readonly string[], user: LookedUpUser): object {
  const bounding = capabilities;
  if (user.uid === 0)
    return { bounding, permitted: capabilities, effective: capabilities, inheritable: [], ambient: [] };
  const kept = capabilities.filter((name) => !rootLike.has(name));
  return { bounding, permitted: kept, effective: kept, inheritable: kept, ambient: kept };
}

/** The protocol of systemd's socket activation: descriptors from 3 on; PID 1 is right inside the namespace. */
function listenVariables(service: DesiredService): Readonly<Record<string, string>> {
  if (service.listen.length === 0) return {};
  return { LISTEN_FDS: String(service.listen.length), LISTEN_PID: '1' };
}

function resources(service: DesiredService, limits: AvailableLimits): object {
  const { memoryBytes, cpus, pids } = service.resources;
  const period = 100_000;
  return {
    ...(memoryBytes !== null && limits.memory ? { memory: { limit: memoryBytes } } : {}),
    ...(cpus !== null && limits.cpu ? { cpu: { quota: Math.round(cpus * period), period } } : {}),
    ...(pids !== null && limits.pids ? { pids: { limit: pids } } : {}),
  };
}

/** Parents before what lies in them. */
function bindMounts({ binds, recursiveReadOnly }: OciInput): readonly object[] {
  const depth = (path: string): number => path.split('/').length;
  return [...binds]
    .sort((a, b) => depth(a.target) - depth(b.target) || (a.target < b.target ? -1 : 1))
    .map(({ source, target, readOnly, kind }) => {
      // Nothing can be mounted below a file, and crun takes `rro` for directories only.
      const whole = recursiveReadOnly && kind === 'directory';
      const mode = readOnly ? (whole ? ['ro', 'rro'] : ['ro']) : ['rw'];
      return {
        destination: target,
        type: 'bind',
        source,
        options: ['rbind', 'rslave', 'nosuid', 'nodev', ...mode],
      };
    });
}

/** What the kernel shows of itself, and devices that every program expects. */
export const kernelMounts = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=64m'],
  },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
];

/** What tells about the host or its memory. */
export const maskedPaths = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  '/sys/fs/cgroup',
  '/sys/kernel/security',
];

/** What changes the host when root writes to it. */
export const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];
