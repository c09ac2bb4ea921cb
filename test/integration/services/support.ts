/**
 * A host for services alone: real keeper, real runtime, real cgroups; the rack's tree is a plain directory over the machine's own /usr. `dispose`
 * stops what runs, waits for the keeper's end, and fails when anything is left.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleKeeper } from '../../../scripts/bundle.js';
import { createBundles } from '../../../src/host/linux/bundles.js';
import { createKeeperSupervisor, type KeeperSupervisor } from '../../../src/host/linux/keeper-client.js';
import { askKeeper } from '../../../src/host/linux/keeper-connection.js';
import { withPreview } from '../../../src/host/linux/preview.js';
import { chooseRuntime } from '../../../src/host/linux/runtime.js';
import type { Bundles } from '../../../src/host/ports.js';
import { cgroupHierarchies } from '../../../src/kernel/index.js';
import {
  cgroupRoot,
  type DesiredRack,
  type DesiredService,
  hostPath,
  keeperPaths,
  type Layout,
  layoutOf,
  listenAddresses,
  type ObservedService,
  type OciRuntime,
  rackPath,
  treePath,
  usualCapabilities,
} from '../../../src/model/index.js';
import { aRack, aService } from '../../support/builders.js';
import { scratchDirectory } from '../../support/scratch.js';

let keeperProgram: Promise<string> | null = null;

export class ServiceRig {
  readonly directory: string;
  readonly layout: Layout;
  readonly supervisor: KeeperSupervisor;
  readonly bundles: Bundles;
  readonly runtime: OciRuntime;
  readonly keeperProgram: string;
  readonly #started = new Map<string, { readonly rack: string; readonly service: string }>();

  private constructor(directory: string, runtime: OciRuntime, keeper: string) {
    this.directory = directory;
    this.runtime = runtime;
    this.keeperProgram = keeper;
    this.layout = layoutOf({
      root: hostPath(path.join(directory, 'racks')),
      state: hostPath(path.join(directory, 'state')),
      run: hostPath(path.join(directory, 'run')),
    });
    this.supervisor = createKeeperSupervisor({
      layout: this.layout,
      runtime: async () => runtime,
      keeperProgram: hostPath(keeper),
      allowedMounts: [hostPath(path.join(directory, 'share'))],
    });
    this.bundles = createBundles({
      layout: this.layout,
      preview: (tree, work) => withPreview(this.layout, tree, work),
      allow: {
        mounts: [hostPath('/usr')],
        secrets: [hostPath(path.join(directory, 'secrets'))],
        capabilities: usualCapabilities,
      },
      blob: async () => new Uint8Array(),
    });
  }

  /** `runtimeName`: as chooseRuntime takes it. */
  static async create(runtimeName = 'auto'): Promise<ServiceRig> {
    keeperProgram ??= bundleKeeper(path.resolve('node_modules', '.cache', 'rackops', 'keeper-under-test.js'));
    const keeper = await keeperProgram;
    const directory = scratchDirectory();
    for (const name of ['racks', 'state', 'run', 'secrets', 'share'])
      mkdirSync(path.join(directory, name), { mode: 0o700 });
    const runtime = await chooseRuntime(runtimeName, { run: hostPath(path.join(directory, 'run')) });
    if ('problem' in runtime) throw new Error(runtime.problem);
    return new ServiceRig(directory, runtime, keeper);
  }

  /** A rack with its tree on disk: /usr is the machine's, read-only. */
  rack(
    name: string,
    services: readonly (Partial<DesiredService> & { readonly name: string })[],
  ): DesiredRack {
    const tree = treePath(this.layout, name);
    for (const directory of ['usr', 'proc', 'dev', 'sys', 'tmp', 'etc']) {
      mkdirSync(path.join(tree, directory), { recursive: true });
    }
    for (const link of ['bin', 'sbin', 'lib', 'lib64']) {
      if (!existsSync(path.join(tree, link))) {
        rmSync(path.join(tree, link), { force: true });
        symlinkSync(`usr/${link}`, path.join(tree, link));
      }
    }
    writeFileSync(path.join(tree, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/sh\n');
    writeFileSync(path.join(tree, 'etc/group'), 'root:x:0:\nweb:x:33:\nlogs:x:44:web\n');
    return aRack({
      name,
      mounts: [{ source: hostPath('/usr'), target: rackPath('/usr'), readOnly: true, rehearse: 'readOnly' }],
      services: services.map((service) =>
        aService({
          restart: { policy: 'never', delayMs: 1_000, maxDelayMs: 4_000, onUnhealthy: false },
          ...service,
        }),
      ),
    });
  }

  /** Opens the sockets, writes the bundle and starts each service. */
  async start(rack: DesiredRack, generation = 1): Promise<void> {
    const { supervisor, bundles } = this;
    await supervisor.ensure();
    const listen = listenAddresses(rack);
    if (listen.length > 0) await supervisor.openSockets(rack.name, listen);
    for (const service of rack.services) {
      this.#started.set(`${rack.name}/${service.name}`, { rack: rack.name, service: service.name });
      await supervisor.start(await bundles.write(rack, service, generation));
    }
  }

  async service(rack: string, name: string): Promise<ObservedService> {
    const { services } = await this.supervisor.observe();
    const found = services.find((service) => service.rack === rack && service.service === name);
    if (found === undefined) throw new Error(`the keeper has no service ${rack}/${name}`);
    return found;
  }

  async pidOf(rack: string, name: string): Promise<number> {
    const { pid } = await this.service(rack, name);
    if (pid === null) throw new Error(`${rack}/${name} does not run`);
    return pid;
  }

  async output(rack: string, name: string): Promise<string> {
    return (await this.supervisor.lastOutput(rack, name, 10_000)).join('\n');
  }

  async stop(rack: string, service: string, signal = 'TERM', timeoutMs = 5_000) {
    return await this.supervisor.stop(rack, { service, signal, timeoutMs });
  }

  async keeperPid(): Promise<number> {
    const hello = await this.supervisor.hello();
    if (hello === null) throw new Error('no keeper runs');
    return hello.pid;
  }

  /** Cgroup directories of this rig, in all hierarchies. */
  cgroups(): readonly string[] {
    const root = cgroupRoot(this.layout.run);
    return cgroupHierarchies()
      .map(({ mount }) => path.join(mount, root))
      .filter((directory) => existsSync(directory));
  }

  async dispose(): Promise<void> {
    for (const { rack, service } of this.#started.values()) {
      await this.stop(rack, service, 'KILL');
      await this.supervisor.closeSockets(rack, []);
    }
    await askKeeper(keeperPaths(this.layout).socket, 'shutdownIfIdle', {}, 3_000).catch(() => {});
    await eventually(
      'the keeper has ended',
      async () => (await this.supervisor.observe()).state === 'absent',
    );
    const { runtime, containers, lock, socket } = keeperPaths(this.layout);
    await eventually('nothing is left of the keeper', () => {
      return [runtime, containers, lock, socket, ...this.cgroups()].every((item) => !existsSync(item));
    });
    rmSync(this.directory, { recursive: true });
  }
}

/** Looks until it is so; fails after `timeoutMs` with what was waited for. */
export async function eventually(
  what: string,
  look: () => boolean | Promise<boolean>,
  timeoutMs = 8_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs}ms: ${what}`);
    await sleep(10);
  }
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie is dead for our purposes.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

/** A command of the rack: a shell script. */
export function sh(script: string): readonly string[] {
  return ['/usr/bin/sh', '-c', script];
}

/** Says `ready`, then answers every connection on the first handed socket with a line: `text` as Perl reads it. `backlog`: sets one of its own first, as most servers do. */
export function socketServer(text: string, backlog?: number): readonly string[] {
  const script = `
    $| = 1;
    $SIG{TERM} = sub { exit 0 };
    open(my $listener, "+<&=", 3) or die "no socket: $!";
    ${backlog === undefined ? '' : `listen($listener, ${backlog}) or die "no backlog: $!";`}
    print "ready\\n";
    while (1) { accept(my $client, $listener) or next; print $client "${text}\\n"; close $client; }`;
  return ['/usr/bin/perl', '-e', script];
}

/** All that the server says. */
export async function ask(to: NetConnectOpts): Promise<string> {
  return await textOf(connect(to));
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  process.kill(pid, signal);
}
