/**
 * Mounts of images and trees by system call. Never lazy, never over something, always read back from mountinfo; an old overlay must be proved dead
 * before a new one may use its writable layer.
 */
import { constants, readdirSync } from 'node:fs';
import { mkdir, open, rm, rmdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isKernelError, MS_NODEV, MS_NOSUID, mount, syncfs, unmount } from '../../kernel/index.js';
import {
  dataPath,
  generatedLayerFile,
  generatedLayerMount,
  type Holder,
  holdersText,
  imageMountPath,
  isTreeSource,
  type Layout,
  layerPath,
  layersOf,
  overlayWorkPath,
  RackError,
  type TreeSpec,
  treePath,
  treeSource,
  under,
} from '../../model/index.js';
import type { Mounts } from '../ports.js';
import { ensureGeneratedLayer } from './generated-layer.js';
import { findHolders, type HeldTree, lastingCopies, lastingHolders } from './holders.js';
import { createImageMounts, type ImageMounts } from './image-mounts.js';
import type { ImageStore } from './image-store.js';
import { withGeneratedLayer } from './layer-mount.js';
import { explained, ignoreMissing, mountError } from './mount-errors.js';
import { checkMountPoints } from './mount-points.js';
import { type MountRecord, readMountinfo } from './mountinfo.js';
import { mountedLayers, observeMounts } from './observe-mounts.js';
import { overlayOptions } from './overlay-options.js';
import { livingGenerations } from './tokens.js';
import { unmountInTime } from './unmount.js';
import {
  checkSealedLayers,
  ensureWritableLayer,
  refuseForeignFeatures,
  refuseFullDisk,
} from './writable-layer.js';

/** How long an overlay may take to die after its unmount; containers that are just starting hold copies for some 20 ms. */
const proofMs = 2_000;
const proofPollMs = 1;

export interface MountDeps {
  readonly layout: Layout;
  readonly images: ImageStore;
  /** Processes in the cgroups of the rack: they do not count as strangers. */
  readonly ownPids: (rack: string) => Promise<ReadonlySet<number>>;
  /** Given where others mount on images too: what is done to one image is done in turn. */
  readonly imageMounts?: ImageMounts;
}

export function createMounts(deps: MountDeps): Mounts {
  const { layout, images } = deps;
  const imageMounts = deps.imageMounts ?? createImageMounts(layout, images);

  const held = (rack: string): HeldTree => ({
    path: treePath(layout, rack),
    upperPrefix: `${dataPath(layout, rack)}/`,
  });

  /** At this moment: after 2 s of waiting there is no need to wait again. */
  const strangersNow = async (rack: string): Promise<readonly Holder[]> =>
    findHolders(held(rack), await deps.ownPids(rack));

  const strangers = (rack: string): Promise<readonly Holder[]> =>
    lastingHolders(held(rack), () => deps.ownPids(rack));

  const treesOf = async (rack: string): Promise<readonly MountRecord[]> => {
    const path = treePath(layout, rack);
    return (await readMountinfo()).filter((record) => record.mountPoint === path);
  };

  async function mountTree(tree: TreeSpec): Promise<void> {
    const { rack, generation, digest } = tree;
    const target = treePath(layout, rack);
    const source = treeSource(rack, generation, digest);
    const present = await treesOf(rack);
    const [only] = present;
    if (present.length === 1 && only !== undefined && isTree(only, tree)) return;
    if (present.length > 0)
      throw mountError(`cannot mount the tree of "${rack}": something else is mounted at ${target}`, rack);
    await unmountStrays(layout, `${rack}.`);
    await refuseLiving(rack);
    const imageRoot = imageMountPath(layout, tree.image.sha256);
    await checkSealedLayers(layout, rack, tree);
    await ensureWritableLayer(layout, rack, tree, imageRoot);
    await mkdir(target, { recursive: true, mode: 0o755 });
    const isHeld = await withGeneratedLayer(layout, tree, imageRoot, async () => {
      await mount(source, target, 'overlay', MS_NOSUID | MS_NODEV, optionsOf(layout, tree)).catch((error) => {
        throw explained(error, `cannot mount the tree of "${rack}"`, rack);
      });
    });
    await readBack(tree, isHeld);
  }

  const isTree = (record: MountRecord, tree: TreeSpec): boolean =>
    isTreeSource(record.source, tree.rack, tree.generation, tree.digest) &&
    mountedLayers(record, tree.rack, layout).join() === layersOf(tree).join();

  async function readBack(tree: TreeSpec, isHeld: boolean): Promise<void> {
    const { rack } = tree;
    const [record, ...others] = await treesOf(rack);
    if (others.length > 0 || record === undefined || !isTree(record, tree)) {
      throw mountError(`cannot mount the tree of "${rack}": mountinfo does not show what was mounted`, rack);
    }
    if (!isHeld) {
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
    throw leaked(rack, await strangersNow(rack));
  }

  async function unmountTree(rack: string): Promise<void> {
    const path = treePath(layout, rack);
    await unmountStrays(layout, `${rack}.`);
    const deadline = performance.now() + proofMs;
    for (let left = await treesOf(rack); left.length > 0; left = await treesOf(rack)) {
      try {
        await unmount(path);
      } catch (error) {
        if (!isKernelError(error, 'EBUSY'))
          throw explained(error, `cannot unmount the tree of "${rack}"`, rack);
        // Whoever cannot be named was only passing by (a walk over all files): asked again.
        const holders = findHolders(held(rack), new Set());
        if (holders.length > 0 || performance.now() > deadline) throw busy(rack, holders);
        await sleep(proofPollMs);
      }
    }
    while (livingGenerations(layout, rack).length > 0) {
      if (performance.now() > deadline) throw leaked(rack, await strangersNow(rack));
      await sleep(proofPollMs);
    }
    await rmdir(path).catch(ignoreMissing);
  }

  return {
    observe: async () => observeMounts(await readMountinfo(), layout),
    mountImage: imageMounts.mount,
    unmountImage: imageMounts.unmount,
    prepareTree: async (tree) => {
      await refuseFullDisk(layout);
      const imageRoot = imageMountPath(layout, tree.image.sha256);
      await checkSealedLayers(layout, tree.rack, tree);
      optionsOf(layout, tree);
      await refuseForeignFeatures(layout, tree);
      await imageMounts.whileMounted(tree.image, async () => {
        if (tree.sealed.length === 0) await ensureWritableLayer(layout, tree.rack, tree, imageRoot);
        await ensureGeneratedLayer(layout, tree, imageRoot);
      });
      await unmountStrays(layout, `${tree.rack}.`);
      const present = await treesOf(tree.rack);
      // An older overlay that somebody keeps alive would be found after the stop, too late to go on or back.
      if (present.length > 0 && livingGenerations(layout, tree.rack).length > present.length)
        throw leaked(tree.rack, await strangersNow(tree.rack));
      const holders = present.length > 0 ? await strangers(tree.rack) : [];
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
    holders: async (rack, where = 'anywhere') => {
      if ((await treesOf(rack)).length === 0) return [];
      return where === 'elsewhere' ? lastingCopies(held(rack), () => deps.ownPids(rack)) : strangers(rack);
    },
    mountTree: (tree) => imageMounts.whileMounted(tree.image, () => mountTree(tree)),
    unmountTree,
    releaseTree: async (rack, generation) => {
      await rm(generatedLayerFile(layout, rack, generation), { force: true });
    },
    sweep: () => unmountStrays(layout, ''),
  };
}

function optionsOf(layout: Layout, { rack, generation, layer, sealed, image }: TreeSpec): string {
  const lower = [
    ...sealed.map((name) => layerPath(layout, rack, name)),
    generatedLayerMount(layout, rack, generation),
    imageMountPath(layout, image.sha256),
  ];
  return overlayOptions(lower, layerPath(layout, rack, layer), overlayWorkPath(layout, rack, layer));
}

/**
 * A crash between two mounts leaves a generated layer at its mount point, or a preview (`web.preview.2`) at its own: no tree needs either there. Both are
 * unmounted, once whoever passes by has let go of them; held for 2 s they are an error, because what a preview shows is about to be mounted for good.
 */
async function unmountStrays(layout: Layout, prefix: string): Promise<readonly string[]> {
  const directory = under(layout.run, 'layers');
  const names = namesIn(directory).filter((name) => name.startsWith(prefix) && /\.\d+$/.test(name));
  for (const name of names) {
    const path = `${directory}/${name}`;
    await unmountInTime(path).catch((error) => {
      throw explained(error, `cannot unmount what an earlier pass left at ${path}`);
    });
    await rmdir(path).catch(ignoreMissing);
  }
  return names;
}

/** At once: a small directory, in memory on most hosts, that is looked at three times in a rollout and once while nobody serves. Empty when there is none. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function busy(rack: string, holders: readonly Holder[]): RackError {
  const who = holders.length === 0 ? 'somebody who is gone by now' : holdersText(holders);
  return new RackError('E_BUSY', `cannot unmount the tree of "${rack}": held by ${who}`, {
    rack,
    hint: 'end these processes; it is tried again at the next pass',
  });
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
