/**
 * OCI bundles: everything a service's start needs is looked up, checked and written down, so that the keeper only runs it, now and at every restart.
 * Secrets end here, in a directory of root's under the run directory; they go nowhere else.
 */
import { readFileSync } from 'node:fs';
import { access, chmod, mkdir, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import path from 'node:path';
import { sha256Hex } from '../../lib/index.js';
import {
  bundlesPath,
  type DesiredFile,
  type DesiredRack,
  type DesiredService,
  type HostPath,
  hostPath,
  isRehearsal,
  type Layout,
  networkOf,
  RackError,
  rackOfName,
  rehearsedSource,
  type ServiceSpec,
  serviceSpec,
  type TreeSpec,
  treePath,
  under,
} from '../../model/index.js';
import type { Bundles } from '../ports.js';
import { limitsAvailable } from './cgroups.js';
import { checkCommand } from './command.js';
import { RackRoot } from './in-root.js';
import { type BindMount, ociConfig } from './oci-config.js';
import { readSecret } from './secrets.js';
import { checkSources } from './sources.js';
import { lookUpUser } from './users.js';

export interface BundlesOptions {
  readonly layout: Layout;
  /** From host.yaml. */
  readonly allow: {
    readonly mounts: readonly HostPath[];
    readonly secrets: readonly HostPath[];
    readonly capabilities: readonly string[];
  };
  /** Content of a file of a definition, by its sha256. */
  readonly blob: (sha256: string) => Promise<Uint8Array>;
  /** Runs `work` with a read-only view of a tree that is not mounted; see preview.ts. */
  readonly preview: (tree: TreeSpec, work: (root: HostPath) => Promise<void>) => Promise<void>;
}

export function createBundles({ layout, allow, blob, preview }: BundlesOptions): Bundles {
  const realSources = async (rack: DesiredRack): Promise<readonly HostPath[]> => {
    const sources = rack.mounts.map((mount) => mount.source);
    return await checkSources(sources, { allowed: allow.mounts, layout }, rack.name);
  };
  return {
    check: async (rack) => {
      await realSources(rack);
      for (const service of rack.services) await resolveEnv(rack, service, allow.secrets);
    },
    find: async (rack, service, generation) => {
      const directory = bundlePath(layout, rack, service, generation);
      const found = await exists(path.join(directory, 'config.json'));
      return found ? serviceSpec(layout, rack, service, generation, directory) : null;
    },
    write: (rack, wanted, generation) => write(rack, wanted, generation, treePath(layout, rack.name)),
    prepare: async (rack, tree) =>
      await preview(tree, async (root) => {
        for (const service of rack.services) await write(rack, service, tree.generation, root);
      }),
    remove: async (rack, generation) => {
      const directory = bundlesPath(layout, rack, generation);
      await rm(directory, { recursive: true, force: true });
      // The rack's own directory goes with its last generation.
      await rmdir(path.dirname(directory)).catch(() => {});
    },
  };

  /** `root`: where users and commands are looked up; the services get the merged tree. */
  async function write(
    rack: DesiredRack,
    wanted: DesiredService,
    generation: number,
    root: HostPath,
  ): Promise<ServiceSpec> {
    // A service that names none gets the usual few, but never more than this host allows.
    const capabilities = wanted.capabilities.filter((name) => allow.capabilities.includes(name));
    const service = { ...wanted, capabilities };
    const directory = bundlePath(layout, rack, service, generation);
    const tree = treePath(layout, rack.name);
    const real = await realSources(rack);
    const env = await resolveEnv(rack, service, allow.secrets);
    const files = await materialise(rack, under(bundlesPath(layout, rack.name, generation), 'files'), blob);
    const mounts = rack.mounts.map((mount, index): BindMount => {
      const { target, readOnly } = mount;
      const kind = 'directory';
      const source = real[index] ?? mount.source;
      if (!isRehearsal(rack.name) || mount.rehearse === 'share') return { source, target, readOnly, kind };
      return {
        source: rehearsedSource(layout, rackOfName(rack.name), index, mount.rehearse),
        target,
        readOnly,
        kind,
      };
    });
    const binds = [...mounts, ...files];
    const user = lookUp(rack, service, root, env, binds);
    const limits = limitsAvailable();
    const recursiveReadOnly = kernelAtLeast(5, 12, release());
    const config = ociConfig({
      rack,
      service,
      tree,
      user,
      env,
      binds,
      limits,
      network: networkOf(layout, rack.name),
      recursiveReadOnly,
      maxOpenFiles: maxOpenFiles(),
    });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await replace(path.join(directory, 'config.json'), JSON.stringify(config), 0o600);
    return serviceSpec(layout, rack, service, generation, directory);
  }
}

function bundlePath(
  layout: Layout,
  rack: DesiredRack,
  service: DesiredService,
  generation: number,
): HostPath {
  return under(bundlesPath(layout, rack.name, generation), 'services', service.name);
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

async function resolveEnv(
  rack: DesiredRack,
  service: DesiredService,
  secrets: readonly HostPath[],
): Promise<Readonly<Record<string, string>>> {
  const entries = Object.entries(service.env).map(async ([name, value]) => {
    const text = 'value' in value ? value.value : await readSecret(value.fromHostFile, secrets, rack.name);
    return [name, text] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** User and command, both looked at inside the rack. */
function lookUp(
  rack: DesiredRack,
  service: DesiredService,
  tree: HostPath,
  env: Readonly<Record<string, string>>,
  binds: readonly BindMount[],
): ReturnType<typeof lookUpUser> {
  const root = openRoot(tree, rack, service);
  try {
    const user = lookUpUser(service.user, root, rack.name);
    const input = {
      rack: rack.name,
      service,
      user,
      searchPath: env.PATH ?? '',
      mounted: binds.map(({ target }) => target),
      hostMachine: process.arch,
    };
    checkCommand(input, root);
    return user;
  } finally {
    root.close();
  }
}

function openRoot(tree: HostPath, rack: DesiredRack, service: DesiredService): RackRoot {
  try {
    return new RackRoot(tree);
  } catch (error) {
    throw new RackError(
      'E_START',
      `cannot start service "${service.name}": its tree "${tree}" is not mounted`,
      {
        rack: rack.name,
        blame: 'agent',
        cause: error,
      },
    );
  }
}

/** The definition's files as files of root's on the host, one per content and mode; mounted read-only. */
async function materialise(
  rack: DesiredRack,
  directory: HostPath,
  blob: BundlesOptions['blob'],
): Promise<readonly BindMount[]> {
  if (rack.files.length === 0) return [];
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // The keeper starts nothing whose sources are not their own real paths; the run directory may be reached by a link (/var/run).
  const real = hostPath(await realpath(directory));
  return await Promise.all(
    rack.files.map(async (file) => ({
      source: await materialiseFile(file, rack.name, real, blob),
      target: file.path,
      readOnly: true,
      kind: 'file' as const,
    })),
  );
}

async function materialiseFile(
  { sha256, mode }: DesiredFile,
  rack: string,
  directory: HostPath,
  blob: BundlesOptions['blob'],
): Promise<HostPath> {
  const content = await blob(sha256);
  if (sha256Hex(content) !== sha256) {
    throw new RackError(
      'E_STATE',
      `cannot use the remembered file ${sha256.slice(0, 12)}: its content has changed`,
      {
        rack,
        blame: 'host',
        hint: 'check the disk',
      },
    );
  }
  const file = under(directory, `${sha256}.${mode.toString(8)}`);
  await replace(file, content, mode);
  return file;
}

let replaced = 0;

/** In one rename: services of a rack are written at the same time, and one that runs keeps the file that it has mounted. */
async function replace(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const partial = `${file}.${process.pid}.${replaced++}`;
  await writeFile(partial, content, { mode: 0o600 });
  await chmod(partial, mode);
  await rename(partial, file);
}

/** As many open files as a server may want, but not more than we may give: raising our own hard limit takes a capability that containers often lack. */
export function maxOpenFiles(): number {
  const ours = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  const hard = ours === 'unlimited' ? Number.POSITIVE_INFINITY : Number(ours ?? 1_024);
  return Math.min(524_288, hard);
}

/** `release`: `6.1.0-18-amd64`. */
export function kernelAtLeast(major: number, minor: number, kernelRelease: string): boolean {
  const [, first = '0', second = '0'] = /^(\d+)\.(\d+)/.exec(kernelRelease) ?? [];
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}
