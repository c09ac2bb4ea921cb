/**
 * Mounts, images and data of the real host in a temporary directory, with tiny images made on the spot, strangers that hold trees, and an
 * end that leaves nothing. Never touches anything outside its own directory; ends only processes that it started.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import {
  chmod,
  chown,
  copyFile,
  lchown,
  mkdir,
  mkdtemp,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopsOf, mountsUnder } from '../../scripts/sandbox/index.js';
import { createData } from '../../src/host/linux/data.js';
import { ensureDirectories } from '../../src/host/linux/directories.js';
import { createImageStore, type ImageStore } from '../../src/host/linux/image-store.js';
import { createMounts } from '../../src/host/linux/mounts.js';
import type { Data, Mounts } from '../../src/host/ports.js';
import { unmount } from '../../src/kernel/index.js';
import { sha256Hex } from '../../src/lib/index.js';
import {
  hostPath,
  type ImageRef,
  type Layout,
  layerPath,
  layoutOf,
  type MountPoint,
  plainDirectory,
  type RackPath,
  rackPath,
  type TreeSpec,
  treePath,
} from '../../src/model/index.js';
import { scratchDirectory } from './scratch.js';

/** One entry of an image: a directory, a file by its text, or a symbolic link. */
export type ImageEntry =
  | { readonly kind: 'directory'; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly kind: 'file'; readonly text: string; readonly mode?: number; readonly uid?: number }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'pipe' }
  /** As a file of this machine is. */
  | { readonly kind: 'copy'; readonly of: string };

export type ImageTree = Readonly<Record<string, string | ImageEntry>>;

export class MountRig {
  readonly #processes = new Set<ChildProcess>();
  /** What counts as the rack's own processes. */
  readonly ownPids = new Set<number>();
  readonly images: ImageStore;
  readonly mounts: Mounts;
  readonly data: Data;

  private constructor(
    readonly directory: string,
    readonly layout: Layout,
  ) {
    this.images = createImageStore({ layout, sources: [plainDirectory(layout.iso)] });
    this.mounts = this.anotherMounts();
    this.data = createData(layout);
  }

  static async create(): Promise<MountRig> {
    const directory = scratchDirectory();
    return MountRig.at(directory);
  }

  /** In a directory that exists; it belongs to the rig from then on. */
  static async at(directory: string): Promise<MountRig> {
    const path = (name: string) => hostPath(join(directory, name));
    const layout = layoutOf({ root: path('racks'), state: path('state'), run: path('run') });
    await ensureDirectories(layout);
    return new MountRig(directory, layout);
  }

  /** Mounts as a process started anew would have them: nothing remembered. */
  anotherMounts(): Mounts {
    const { layout, images } = this;
    return createMounts({ layout, images, ownPids: async () => this.ownPids });
  }

  /** `<name>.iso` in the image directory, packed from these entries; root's and 0644, so that it is used in place. */
  async putImage(name: string, tree: ImageTree = {}): Promise<ImageRef> {
    const source = await mkdtemp(join(this.directory, 'image-'));
    await chmod(source, 0o755);
    for (const [path, entry] of Object.entries({ 'etc/version': name, ...tree }))
      await putEntry(join(source, path), typeof entry === 'string' ? { kind: 'file', text: entry } : entry);
    const file = join(this.layout.iso, `${name}.iso`);
    packSquashfs(source, file);
    await rm(source, { recursive: true });
    return { file: `${name}.iso`, sha256: sha256Hex(readFileSync(file)) };
  }

  /** The image is in the store and mounted. */
  async mountedImage(name: string, tree: ImageTree = {}): Promise<ImageRef> {
    const image = await this.putImage(name, tree);
    await this.mounts.mountImage(image);
    return image;
  }

  /** The rack's merged tree on the host, or a path in it. */
  tree(rack: string, ...names: readonly string[]): string {
    return join(treePath(this.layout, rack), ...names);
  }

  layer(rack: string, ...names: readonly string[]): string {
    return join(layerPath(this.layout, rack, 1), ...names);
  }

  read(rack: string, path: string): string {
    return readFileSync(this.tree(rack, path), 'utf8');
  }

  /** A stranger with its working directory in the rack's tree. */
  async hold(rack: string, directory = '/'): Promise<Stranger> {
    return this.start('sleep', ['1000'], this.tree(rack, directory));
  }

  /** A stranger in a mount namespace of its own, with a copy of all mounts that no unmount reaches; or, as a `slave`, one that does. */
  async leak(propagation: 'private' | 'slave' = 'private'): Promise<Stranger> {
    const ours = readlinkSync('/proc/self/ns/mnt');
    const stranger = await this.start('unshare', ['-m', '--propagation', propagation, 'sleep', '1000'], '/');
    const proc = `/proc/${stranger.pid}`;
    await until('the stranger is in a mount namespace of its own', () => {
      return (
        readFileSync(`${proc}/comm`, 'utf8').trim() === 'sleep' && readlinkSync(`${proc}/ns/mnt`) !== ours
      );
    });
    return stranger;
  }

  async start(program: string, args: readonly string[], cwd: string): Promise<Stranger> {
    const child = spawn(program, args, { cwd, stdio: 'ignore' });
    await once(child, 'spawn');
    this.#processes.add(child);
    return {
      pid: child.pid ?? 0,
      end: async () => {
        this.#processes.delete(child);
        await end(child);
      },
    };
  }

  mountsBelow(): readonly string[] {
    return mountsUnder(this.directory);
  }

  loops(): readonly string[] {
    return loopsOf(this.directory).map(({ file }) => file);
  }

  /** Strangers ended, everything unmounted, directory gone. */
  async dispose(): Promise<void> {
    for (const child of this.#processes) await end(child);
    for (const point of [...mountsUnder(this.directory)].reverse()) await unmount(point);
    await until('no loop device is left', () => this.loops().length === 0);
    await rm(this.directory, { recursive: true });
  }
}

export interface Stranger {
  readonly pid: number;
  /** Gone when it resolves. */
  end(): Promise<void>;
}

/** Looks again and again, for 5 s at most. */
export async function until(what: string, look: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5_000; !look(); await sleep(5))
    if (Date.now() > deadline) throw new Error(`not within 5 s: ${what}`);
}

/** A tree of the rack, generation 1, no mount points of its own. */
export function treeSpec(rack: string, image: ImageRef, overrides: Partial<TreeSpec> = {}): TreeSpec {
  const generation = overrides.generation ?? 1;
  const digest = `sha256:${sha256Hex(`${rack} ${image.sha256} ${generation}`)}`;
  return { rack, image, generation, digest, layer: 1, sealed: [], mountPoints: [], ...overrides };
}

export function mountPoint(path: string, kind: MountPoint['kind'] = 'directory'): MountPoint {
  const inRack: RackPath = rackPath(path);
  return { path: inRack, kind };
}

/** An own squashfs of the directory, made aside and renamed. */
export function packSquashfs(source: string, file: string, ...options: readonly string[]): void {
  const common = ['-noappend', '-quiet', '-no-progress', '-processors', '1', '-mkfs-time', '0'];
  execFileSync('mksquashfs', [source, `${file}.new`, ...common, ...options], { stdio: 'ignore' });
  execFileSync('mv', [`${file}.new`, file]);
}

async function putEntry(path: string, entry: ImageEntry): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (entry.kind === 'link') {
    await symlink(entry.to, path);
    await lchown(path, 0, 0);
    return;
  }
  if (entry.kind === 'copy') {
    await copyFile(await realpath(entry.of), path);
    return;
  }
  if (entry.kind === 'pipe') {
    execFileSync('mkfifo', [path]);
    return;
  }
  if (entry.kind === 'file') await writeFile(path, entry.text);
  else await mkdir(path, { recursive: true });
  await chown(path, entry.uid ?? 0, (entry.kind === 'directory' ? entry.gid : undefined) ?? 0);
  await chmod(path, entry.mode ?? (entry.kind === 'file' ? 0o644 : 0o755));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
