/**
 * What this host can do: each finding is found by trying or by asking the kernel, never by guessing from names of distributions.
 * The overlay is tried for real, in a directory of its own below the state directory, and taken away again.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { release } from 'node:os';
import { isChrooted, MS_NODEV, MS_NOSUID, mount, unmount } from '../../kernel/index.js';
import { formatBytes } from '../../lib/index.js';
import { errorLine, type HostConfig, type Layout } from '../../model/index.js';
import { limitsAvailable } from './cgroups.js';
import { findProgram } from './programs.js';

/** One line of `doctor`. */
export interface HostFinding {
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'missing';
  readonly message: string;
  /** What to do; empty when all is well. */
  readonly action: string;
}

export interface DoctorDeps {
  readonly config: HostConfig;
  readonly layout: Layout;
  readonly runtime: () => Promise<{ readonly name: string; readonly path: string; readonly version: string }>;
  /** Asks the remote for its tip. */
  readonly tip: () => Promise<string>;
}

export async function examineHost(deps: DoctorDeps): Promise<readonly HostFinding[]> {
  return [
    root(),
    node(),
    kernel(),
    ...programs(deps.config),
    await runtime(deps),
    device(),
    fileSystem('squashfs'),
    fileSystem('overlay'),
    rehearsal(),
    ...signatures(deps.config),
    ...deltas(deps.config),
    await overlay(deps.layout),
    await space(deps.layout),
    ...limits(),
    supervisor(deps.config),
    await repository(deps),
  ];
}

const ok = (check: string, message: string): HostFinding => ({ check, level: 'ok', message, action: '' });
const missing = (check: string, message: string, action: string): HostFinding => ({
  check,
  level: 'missing',
  message,
  action,
});
const warning = (check: string, message: string, action: string): HostFinding => ({
  check,
  level: 'warning',
  message,
  action,
});

function root(): HostFinding {
  if (process.geteuid?.() !== 0) return missing('root', 'does not run as root', 'run it with sudo');
  if (!isChrooted()) return ok('root', 'runs as root');
  return warning(
    'root',
    'runs in a chroot: exec, shell and probes by a command are refused',
    'run rackops outside of a chroot, or in a container',
  );
}

function node(): HostFinding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  return isNew
    ? ok('node', process.version)
    : missing('node', process.version, 'install Node 20.19 or newer');
}

function kernel(): HostFinding {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  // LOOP_CONFIGURE came with 5.8, close_range with CLOEXEC with 5.11.
  const isNew = major > 5 || (major === 5 && minor >= 11);
  return isNew
    ? ok('kernel', `Linux ${release()}`)
    : missing('kernel', `Linux ${release()}`, 'needs Linux 5.11 or newer');
}

function programs(config: HostConfig): readonly HostFinding[] {
  const wanted: (readonly [string, string])[] = [
    ['git', 'git'],
    ['mksquashfs', 'squashfs-tools'],
  ];
  if (config.repository.url.kind === 'ssh') wanted.push(['ssh', 'openssh-client']);
  return wanted.map(([name, packageName]) => {
    const path = findProgram(name);
    return path === null ? missing(name, 'not found', `apt-get install ${packageName}`) : ok(name, path);
  });
}

async function runtime({ runtime: choose }: DoctorDeps): Promise<HostFinding> {
  try {
    const { name, path, version } = await choose();
    return ok('runtime', `${name} ${version} (${path})`);
  } catch (error) {
    return missing('runtime', errorLine(error), 'apt-get install runc');
  }
}

function device(): HostFinding {
  return existsSync('/dev/loop-control')
    ? ok('loop devices', '/dev/loop-control')
    : missing(
        'loop devices',
        '/dev/loop-control is not there',
        'modprobe loop; in a container pass the device in',
      );
}

function fileSystem(name: string): HostFinding {
  const known = readFileSync('/proc/filesystems', 'utf8').split(/\s+/).includes(name);
  return known ? ok(name, 'known to the kernel') : warning(name, 'not loaded', `modprobe ${name}`);
}

function rehearsal(): HostFinding {
  const path = findProgram('mkfs.ext4');
  return path === null
    ? warning('rehearsals', 'mkfs.ext4 not found: swaps go on without one', 'apt-get install e2fsprogs')
    : ok('rehearsals', path);
}

/** Only where signatures are asked for: without these programs what needs them is refused. */
function signatures({ repository: { verify }, images }: HostConfig): readonly HostFinding[] {
  const found = (name: string, refused: string, action: string): HostFinding => {
    const path = findProgram(name);
    return path === null
      ? missing(`signatures: ${name}`, `not found: ${refused}`, action)
      : ok(`signatures: ${name}`, path);
  };
  const commits = 'every new commit is refused';
  const signed = 'images that have to be signed are refused';
  return [
    ...(verify?.allowedSignersFile == null
      ? []
      : [found('ssh-keygen', commits, 'apt-get install openssh-client')]),
    ...(verify?.gpgKeysFile == null ? [] : [found('gpg', commits, 'apt-get install gpg')]),
    ...(images.sources.every((source) => source.verify === null)
      ? []
      : [found('minisign', signed, 'apt-get install minisign')]),
  ];
}

/** Only where a source offers them: without zsync, and what it is kept in, all of each image is downloaded. */
function deltas({ images }: HostConfig): readonly HostFinding[] {
  if (images.sources.every((source) => source.kind !== 'http' || source.delta === 'none')) return [];
  const packages = { zsync: 'zsync', setpriv: 'util-linux', prlimit: 'util-linux', nsenter: 'util-linux' };
  const absent = Object.entries(packages).filter(([name]) => findProgram(name) === null);
  const [first] = absent;
  if (first === undefined) return [ok('delta', 'zsync is here')];
  const [name, packageName] = first;
  return [
    warning(
      'delta',
      `${name} not found: all of each image is downloaded`,
      `apt-get install ${packageName}, or remove delta from images.sources`,
    ),
  ];
}

async function overlay(layout: Layout): Promise<HostFinding> {
  const check = 'overlay on the data disk';
  let directory: string | null = null;
  try {
    const parent = existsSync(layout.readwrite) ? layout.readwrite : layout.root;
    await mkdir(parent, { recursive: true });
    directory = await mkdtemp(`${parent}/.doctor-`);
    for (const name of ['lower', 'upper', 'work', 'merged']) await mkdir(`${directory}/${name}`);
    const options = `lowerdir=${directory}/lower,upperdir=${directory}/upper,workdir=${directory}/work,index=off,metacopy=off,redirect_dir=off,xino=off,nfs_export=off`;
    await mount('rackops-doctor', `${directory}/merged`, 'overlay', MS_NOSUID | MS_NODEV, options);
    await unmount(`${directory}/merged`);
    return ok(check, `an overlay with its writable layer in ${parent} works`);
  } catch (error) {
    return missing(check, errorLine(error), `put ${layout.root} on a local disk with ext4, xfs or btrfs`);
  } finally {
    if (directory !== null) await rm(directory, { recursive: true, force: true });
  }
}

async function space(layout: Layout): Promise<HostFinding> {
  const path = [layout.readwrite, layout.root, '/'].find((candidate) => existsSync(candidate)) ?? '/';
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  const message = `${formatBytes(free)} free in ${path}`;
  return free > 256 * 1_048_576
    ? ok('disk', message)
    : warning('disk', message, 'free some space: a service that starts on a full disk fails');
}

function limits(): readonly HostFinding[] {
  const available = limitsAvailable();
  return (['memory', 'cpu', 'pids'] as const).map((name) =>
    available[name]
      ? ok(`limit: ${name}`, 'the cgroups of this host can keep it')
      : warning(
          `limit: ${name}`,
          'not available here',
          `resources in definitions are not enforced; enable the ${name} controller`,
        ),
  );
}

function supervisor(config: HostConfig): HostFinding {
  const systemd = existsSync('/run/systemd/system') && statSync('/run/systemd/system').isDirectory();
  const note = systemd ? '; systemd runs here, its own supervisor follows in a later version' : '';
  return ok('supervisor', `${config.supervisor === 'auto' ? 'embedded (auto)' : config.supervisor}${note}`);
}

async function repository({ config, tip }: DoctorDeps): Promise<HostFinding> {
  try {
    return ok('repository', `${config.repository.branch} is at ${(await tip()).slice(0, 12)}`);
  } catch (error) {
    return warning('repository', errorLine(error), 'racks keep running what was last applied');
  }
}
