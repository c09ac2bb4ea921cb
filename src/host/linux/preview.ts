/**
 * A look at a tree before it is mounted: the writable layer that a service writes to now, over the new image, read-only. Only for looking things up while the old
 * version runs: what that one writes meanwhile may show. Mounted for a moment, under a name that the next pass sweeps if this one dies.
 */
import { existsSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { isKernelError, MS_NODEV, MS_NOSUID, MS_RDONLY, mount } from '../../kernel/index.js';
import {
  type HostPath,
  holdersText,
  imageMountPath,
  type Layout,
  layerPath,
  layersOf,
  previewMount,
  RackError,
  type TreeSpec,
} from '../../model/index.js';
import { rackPids } from './cgroups.js';
import { findHolders } from './holders.js';
import { explained, ignoreMissing } from './mount-errors.js';
import { overlayFeatures } from './overlay-options.js';
import { thenUnmount, unmountInTime } from './unmount.js';
import { warmFromRunning } from './warm.js';

/**
 * Needs the image mounted and the writable layer made. Errors: those of `work`, which come first; E_MOUNT; E_BUSY naming who holds the view for longer than 2 s, while nothing was done to the
 * running version yet.
 */
export async function withPreview(
  layout: Layout,
  tree: TreeSpec,
  work: (root: HostPath) => Promise<void>,
): Promise<void> {
  const { rack, generation, image } = tree;
  const root = previewMount(layout, rack, generation);
  // A layer that is sealed at the stop has no successor yet.
  const layers = layersOf(tree).map((name) => layerPath(layout, rack, name));
  const lower = [...layers.filter((path) => existsSync(path)), imageMountPath(layout, image.sha256)];
  await mkdir(root, { recursive: true, mode: 0o700 });
  const options = [`lowerdir=${lower.join(':')}`, ...overlayFeatures].join(',');
  await mount('rackops-preview', root, 'overlay', MS_RDONLY | MS_NOSUID | MS_NODEV, options).catch(
    async (error) => {
      await rmdir(root).catch(ignoreMissing);
      throw explained(error, `cannot look into the tree of "${rack}"`, rack);
    },
  );
  await thenUnmount(
    async () => {
      await work(root);
      await warmFromRunning(root, rackPids(layout, rack));
    },
    () => unmountPreview(root, rack),
  );
}

async function unmountPreview(root: HostPath, rack: string): Promise<void> {
  await unmountInTime(root).catch((error) => {
    if (!isKernelError(error, 'EBUSY')) throw explained(error, `cannot unmount ${root}`, rack);
    const holders = findHolders({ path: root, upperPrefix: `${root}/` }, new Set());
    throw new RackError(
      'E_BUSY',
      `cannot unmount the view of the tree of "${rack}" to come: held by ${holdersText(holders) || 'somebody who cannot be seen'}`,
      {
        rack,
        hint: 'end these processes; it is tried again at the next pass, the running version was not touched',
      },
    );
  });
  await rmdir(root).catch(ignoreMissing);
}
