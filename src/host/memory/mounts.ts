/** Mounts of the imagined machine, with the refusals of the real one: see the contract in `memory-host.ts`. */
import {
  type Holder,
  type ImageRef,
  layersOf,
  maxSealedLayers,
  type ObservedImage,
  type ObservedTree,
  RackError,
  type TreeSpec,
} from '../../model/index.js';
import type { Mounts } from '../ports.js';
import type { VirtualClock } from './clock.js';
import { findImage } from './images.js';
import type { MemoryState } from './state.js';

/** As long as the real one waits for an overlay to die. */
const proofMs = 2_000;

export function createMemoryMounts(
  state: MemoryState,
  clock: VirtualClock,
  middle: (operation: string) => void,
): Mounts {
  const holdersOf = (rack: string): readonly Holder[] =>
    state.trees.has(rack) ? (state.holders.get(rack) ?? []) : [];

  const runsIn = (rack: string): Holder[] =>
    [...state.services.values(), ...state.orphans.values()]
      .filter((service) => service.spec.rack === rack && service.pid !== null)
      .map((service) => ({ pid: service.pid ?? 0, command: service.spec.service, how: 'root' }));

  function mountTree(tree: TreeSpec): void {
    const { rack, generation, digest, image } = tree;
    const present = state.trees.get(rack);
    if (present !== undefined) {
      const same =
        !present.foreign &&
        present.generation === generation &&
        present.digest === digest &&
        present.layers.join() === layersOf(tree).join();
      if (same) return;
      throw mountError(`cannot mount the tree of "${rack}": something else is mounted there`, rack);
    }
    sweepLayers(`${rack}.`);
    if (state.living.has(rack)) throw leaked(rack);
    state.refuseMissingLayers(tree.rack, tree.sealed);
    ensureLayers(tree, true);
    state.strayLayers.add(`${rack}.${generation}`);
    middle('mounts.mountTree');
    state.trees.set(rack, {
      generation,
      digest,
      layers: layersOf(tree),
      imageSha256: image.sha256,
      asMade: true,
      foreign: false,
    });
    state.strayLayers.delete(`${rack}.${generation}`);
  }

  /** On sealed layers the writable one is made when the tree is mounted, or sealed. */
  function ensureLayers(tree: TreeSpec, mounts: boolean): void {
    const { rack, generation, layer, sealed, image } = tree;
    if (!state.images.has(image.sha256))
      throw mountError(`cannot mount the tree of "${rack}": image "${image.file}" is not mounted`, rack);
    if (mounts || sealed.length === 0) state.ensureLayer(rack, layer);
    state.layers.add(`${rack}.${generation}`);
  }

  async function unmountTree(rack: string): Promise<void> {
    sweepLayers(`${rack}.`);
    if (state.trees.has(rack)) {
      const held = [...holdersOf(rack), ...runsIn(rack)];
      if (held.length > 0)
        throw new RackError('E_BUSY', `cannot unmount the tree of "${rack}": held by ${textOf(held)}`, {
          rack,
          hint: 'end these processes; it is tried again at the next pass',
        });
      state.trees.delete(rack);
      if (state.leaks.has(rack)) state.living.add(rack);
      middle('mounts.unmountTree');
    }
    if (!state.living.has(rack)) return;
    await clock.sleep(proofMs);
    if (state.living.has(rack)) throw leaked(rack);
  }

  function leaked(rack: string): RackError {
    const who = textOf(state.leaks.get(rack) ?? []);
    return new RackError(
      'E_LEAKED_MOUNT',
      `the old tree of "${rack}" lives on in another mount namespace: held by ${who}`,
      { rack, hint: 'end these processes; nothing is mounted on its writable layer until then' },
    );
  }

  function sweepLayers(prefix: string): string[] {
    const found = [...state.strayLayers].filter((name) => name.startsWith(prefix));
    for (const name of found) state.strayLayers.delete(name);
    return found;
  }

  return {
    observe: async () => ({
      images: observedImages(state),
      trees: observedTrees(state),
      strayLayers: [...state.strayLayers],
    }),
    mountImage: async (image: ImageRef) => {
      const mounted = state.images.get(image.sha256);
      if (mounted?.asMade) return;
      if (mounted !== undefined)
        throw mountError(`cannot mount "${image.file}": something else is mounted there`);
      findImage(state, image);
      state.images.set(image.sha256, { asMade: true });
    },
    unmountImage: async (sha256) => {
      if (state.isImageUsed(sha256)) return false;
      state.images.delete(sha256);
      return true;
    },
    prepareTree: async (tree) => {
      if (state.diskFull)
        throw new RackError('E_DISK_SPACE', `cannot prepare "${tree.rack}": less than 16 MiB free`, {
          rack: tree.rack,
        });
      if (tree.sealed.length > maxSealedLayers)
        throw new RackError(
          'E_LAYER_LIMIT',
          `cannot seal another layer of "${tree.rack}": too many already`,
          {
            rack: tree.rack,
            hint: 'see why they are not merged, then sync again',
          },
        );
      state.refuseMissingLayers(tree.rack, tree.sealed);
      ensureLayers(tree, false);
      const held = holdersOf(tree.rack);
      if (held.length > 0)
        throw new RackError('E_BUSY', `cannot swap "${tree.rack}": its tree is held by ${textOf(held)}`, {
          rack: tree.rack,
          hint: 'end these processes; the running version was not touched',
        });
    },
    syncData: async (rack) => {
      if (!state.data.has(rack)) throw mountError(`cannot sync the data of "${rack}": it has none`, rack);
    },
    holders: async (rack, where = 'anywhere') =>
      holdersOf(rack).filter(({ how }) => where === 'anywhere' || how === 'mount namespace'),
    mountTree: async (tree) => mountTree(tree),
    unmountTree,
    releaseTree: async (rack, generation) => {
      state.layers.delete(`${rack}.${generation}`);
    },
    sweep: async () => sweepLayers(''),
  };
}

function observedImages(state: MemoryState): readonly ObservedImage[] {
  return Array.from(state.images, ([sha256, { asMade }]) => ({ sha256, asMade }));
}

function observedTrees(state: MemoryState): readonly ObservedTree[] {
  return Array.from(state.trees, ([rack, tree]) =>
    tree.foreign
      ? { rack, generation: null, digest: null, layers: [], asMade: false }
      : {
          rack,
          generation: tree.generation,
          digest: state.shownDigest(rack, tree),
          layers: tree.layers,
          asMade: tree.asMade,
        },
  );
}

function textOf(holders: readonly Holder[]): string {
  return holders.map(({ pid, command, how }) => `pid ${pid} ${command} (${how})`).join(', ');
}

function mountError(message: string, rack?: string): RackError {
  return new RackError('E_MOUNT', message, rack === undefined ? {} : { rack });
}
