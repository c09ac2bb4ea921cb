/**
 * Mounts of images and trees by system call. Never lazy, never over something, always read back from mountinfo; an old overlay must be proved dead
 * before a new one may use its writable layer.
 */
import { closeSync, constants } from 'node:fs';
import { mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import {
  attachLoop,
  isKernelError,
  KernelError,
  MS_NODEV,
  MS_NOSUID,
  MS_RDONLY,
  mount,
  syncfs,
  unmount,
} from '../../kernel/index.js';
import { oneAtATime } from '../../lib/index.js';
import {
  generatedLayerFile,
  generatedLayerMount,
  type Holder,
  type HostPath,
  imageMountPath,
  type Layout,
  layerPath,
  overlayWorkPath,
  RackError,
  type TreeSpec,
  treePath,
  treeSource,
  under,
} from '../../model/index.js';
import type { Mounts } from '../ports.js';
import { ensureGeneratedLayer } from './generated-layer.js';
import { findHolders, holdersText } from './holders.js';
import type { ImageStore } from './image-store.js';
import { checkMountPoints } from './mount-points.js';
import { type MountRecord, mountedAtOrBelow, optionValue, readMountinfo } from './mountinfo.js';
import { observeMounts } from './observe-mounts.js';
import { livingGenerations } from './tokens.js';
import { ensureWritableLayer, refuseForeignFeatures, refuseFullDisk } from './writable-layer.js';

/** How long an overlay may take to die after its unmount; containers that are just starting hold copies for some 20 ms. */
const proofMs = 2_000;
const proofPollMs = 5;

export interface MountDeps {
  readonly layout: Layout;
  readonly images: ImageStore;
  /** Processes in the cgroups of the rack: they do not count as strangers. */
  readonly ownPids: (rack: string) => Promise<ReadonlySet<number>>;
}

export function createMounts(deps: MountDeps): Mounts {
  const { layout, images } = deps;
  /** By digest: several racks mount and release a shared image at the same moment. */
  const inTurn = oneAtATime();

  const strangers = async (rack: string): Promise<readonly Holder[]> =>
    findHolders({ path: treePath(layout, rack), sourcePrefix: `rack:${rack}:` }, await deps.ownPids(rack));

  const treesOf = async (rack: string): Promise<readonly MountRecord[]> => {
    const path = treePath(layout, rack);
    return (await readMountinfo()).filter((record) => record.mountPoint === path);
  };

  async function mountImage(image: { readonly file: string; readonly sha256: string }): Promise<void> {
    const target = imageMountPath(layout, image.sha256);
    const observed = observeMounts(await readMountinfo(), layout).images.find(
      (seen) => seen.sha256 === image.sha256,
    );
    if (observed?.asMade) return;
    if (observed !== undefined)
      throw mountError(`cannot mount "${image.file}": something else is mounted at ${target}`);
    const { handle, path } = await images.openVerified(image);
    try {
      await mkdir(target, { recursive: true, mode: 0o755 });
      await mountSquashfs(handle.fd, path, target);
    } finally {
      await handle.close();
    }
  }

  async function unmountImage(sha256: string): Promise<boolean> {
    const target = imageMountPath(layout, sha256);
    const records = await readMountinfo();
    if (isUsed(records, target)) return false;
    if (records.some((record) => record.mountPoint === target)) {
      try {
        await unmount(target);
      } catch (error) {
        if (isKernelError(error, 'EBUSY')) return false;
        throw explained(error, `cannot unmount the image at ${target}`);
      }
    }
    await rmdir(target).catch(ignoreMissing);
    return true;
  }

  async function mountTree(tree: TreeSpec): Promise<void> {
    const { rack, generation, digest, layer } = tree;
    const target = treePath(layout, rack);
    const source = treeSource(rack, generation, digest);
    const present = await treesOf(rack);
    if (present.length === 1 && present[0]?.source === source) return;
    if (present.length > 0)
      throw mountError(`cannot mount the tree of "${rack}": something else is mounted at ${target}`, rack);
    await unmountStrays(layout, `${rack}.`);
    await refuseLiving(rack);
    const imageRoot = imageMountPath(layout, tree.image.sha256);
    await ensureWritableLayer(layout, tree, imageRoot);
    const layerFile = await ensureGeneratedLayer(layout, tree, imageRoot);
    const layerMount = generatedLayerMount(layout, rack, generation);
    await mkdir(layerMount, { recursive: true, mode: 0o700 });
    await mkdir(target, { recursive: true, mode: 0o755 });
    const file = await open(layerFile, 'r');
    await mountSquashfs(file.fd, layerFile, layerMount).finally(() => file.close());
    try {
      const options = overlayOptions(
        [layerMount, imageRoot],
        layerPath(layout, rack, layer),
        overlayWorkPath(layout, rack, layer),
      );
      await mount(source, target, 'overlay', MS_NOSUID | MS_NODEV, options).catch((error) => {
        throw explained(error, `cannot mount the tree of "${rack}"`, rack);
      });
    } finally {
      // From here on the overlay alone keeps the layer's loop device alive: the token of life.
      await unmount(layerMount);
      await rmdir(layerMount);
    }
    await readBack(tree, source);
  }

  async function readBack(tree: TreeSpec, source: string): Promise<void> {
    const { rack, generation, layer } = tree;
    const [record, ...others] = await treesOf(rack);
    const upper = record && optionValue(record.superOptions, 'upperdir');
    if (others.length > 0 || record?.source !== source || upper !== layerPath(layout, rack, layer)) {
      throw mountError(`cannot mount the tree of "${rack}": mountinfo does not show what was mounted`, rack);
    }
    if (!livingGenerations(layout, rack).includes(generation)) {
      throw mountError(`cannot mount the tree of "${rack}": its generated layer is not held by it`, rack);
    }
    try {
      await checkMountPoints(treePath(layout, rack), tree);
    } catch (error) {
      await unmountTree(rack);
      throw error;
    }
  }

  async function refuseLiving(rack: string): Promise<void> {
    if (livingGenerations(layout, rack).length === 0) return;
    throw leaked(rack, await strangers(rack));
  }

  async function unmountTree(rack: string): Promise<void> {
    const path = treePath(layout, rack);
    await unmountStrays(layout, `${rack}.`);
    for (let left = await treesOf(rack); left.length > 0; left = await treesOf(rack)) {
      try {
        await unmount(path);
      } catch (error) {
        if (!isKernelError(error, 'EBUSY'))
          throw explained(error, `cannot unmount the tree of "${rack}"`, rack);
        throw await busy(rack, path);
      }
    }
    const deadline = performance.now() + proofMs;
    while (livingGenerations(layout, rack).length > 0) {
      if (performance.now() > deadline) throw leaked(rack, await strangers(rack));
      await new Promise((resolve) => setTimeout(resolve, proofPollMs));
    }
    await rmdir(path).catch(ignoreMissing);
  }

  async function busy(rack: string, path: HostPath): Promise<RackError> {
    const below = mountedAtOrBelow(await readMountinfo(), path).filter(
      (record) => record.mountPoint !== path,
    );
    const mounts = below.map((record) => `a mount at ${record.mountPoint}`);
    const holders = findHolders({ path, sourcePrefix: `rack:${rack}:` }, new Set());
    const held =
      [...mounts, ...(holders.length > 0 ? [holdersText(holders)] : [])].join(', ') ||
      'somebody who is gone by now';
    return new RackError('E_BUSY', `cannot unmount the tree of "${rack}": held by ${held}`, {
      rack,
      hint: 'end these processes; it is tried again at the next pass',
    });
  }

  return {
    observe: async () => observeMounts(await readMountinfo(), layout),
    mountImage: (image) => inTurn(image.sha256, () => mountImage(image)),
    unmountImage: (sha256) => inTurn(sha256, () => unmountImage(sha256)),
    prepareTree: async (tree) => {
      await refuseFullDisk(layout);
      const imageRoot = imageMountPath(layout, tree.image.sha256);
      await refuseForeignFeatures(layout, tree);
      await ensureWritableLayer(layout, tree, imageRoot);
      await ensureGeneratedLayer(layout, tree, imageRoot);
      const holders = (await treesOf(tree.rack)).length > 0 ? await strangers(tree.rack) : [];
      if (holders.length > 0) {
        throw new RackError(
          'E_BUSY',
          `cannot swap "${tree.rack}": its tree is held by ${holdersText(holders)}`,
          {
            rack: tree.rack,
            hint: 'end these processes; it is tried again at the next pass, the running version was not touched',
          },
        );
      }
    },
    syncData: async (rack) => {
      const directory = await open(under(layout.readwrite, rack), constants.O_RDONLY | constants.O_DIRECTORY);
      await syncfs(directory.fd).finally(() => directory.close());
    },
    holders: async (rack) => ((await treesOf(rack)).length === 0 ? [] : strangers(rack)),
    mountTree,
    unmountTree,
    releaseTree: async (rack, generation) => {
      await rm(generatedLayerFile(layout, rack, generation), { force: true });
    },
    sweep: () => unmountStrays(layout, ''),
  };
}

async function mountSquashfs(fileFd: number, path: string, target: string): Promise<void> {
  try {
    const loop = attachLoop(fileFd, path);
    // The open device keeps it attached until the mount does.
    await mount(loop.path, target, 'squashfs', MS_RDONLY | MS_NOSUID | MS_NODEV, '').finally(() =>
      closeSync(loop.fd),
    );
  } catch (error) {
    throw explained(error, `cannot mount "${path}"`);
  }
}

/** Fixed on every kernel: with any of these features a writable layer would be tied to one image. */
function overlayOptions(lower: readonly string[], upper: string, work: string): string {
  return [
    `lowerdir=${lower.join(':')}`,
    `upperdir=${upper}`,
    `workdir=${work}`,
    'index=off',
    'metacopy=off',
    'redirect_dir=off',
    'xino=off',
    'nfs_export=off',
  ].join(',');
}

function isUsed(records: readonly MountRecord[], imageMount: string): boolean {
  return records.some((record) => {
    const lower = record.type === 'overlay' ? optionValue(record.superOptions, 'lowerdir') : null;
    return lower?.split(':').includes(imageMount) === true;
  });
}

/** A crash between two mounts leaves a generated layer at its mount point; a tree never needs it there. */
async function unmountStrays(layout: Layout, prefix: string): Promise<readonly string[]> {
  const directory = under(layout.run, 'layers');
  const names = (await readdir(directory).catch(() => [])).filter(
    (name) => name.startsWith(prefix) && /\.\d+$/.test(name),
  );
  for (const name of names) {
    const path = `${directory}/${name}`;
    await unmount(path).catch((error) => {
      if (!isKernelError(error, 'EINVAL', 'ENOENT'))
        throw explained(error, `cannot unmount the generated layer at ${path}`);
    });
    await rmdir(path).catch(ignoreMissing);
  }
  return names;
}

function leaked(rack: string, holders: readonly Holder[]): RackError {
  const who = holders.length === 0 ? 'nobody that can be seen in /proc' : holdersText(holders);
  return new RackError(
    'E_LEAKED_MOUNT',
    `the old tree of "${rack}" lives on in another mount namespace: held by ${who}`,
    {
      rack,
      hint: 'end these processes; nothing is mounted on its writable layer until then',
    },
  );
}

function mountError(message: string, rack?: string): RackError {
  return new RackError('E_MOUNT', message, {
    hint: 'see mount(8) output; rackops doctor checks this host',
    ...(rack === undefined ? {} : { rack }),
  });
}

function explained(error: unknown, what: string, rack?: string): unknown {
  if (!(error instanceof KernelError) && !(error instanceof Error && 'code' in error)) return error;
  return new RackError('E_MOUNT', `${what}: ${error.message}`, {
    cause: error,
    hint: 'the kernel log (dmesg) may say more',
    ...(rack === undefined ? {} : { rack }),
  });
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error;
}
