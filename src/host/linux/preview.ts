/**
 * A look at a tree before it is mounted: the writable layer that a service writes to now, over the new image, read-only. Only for looking things up while the old
 * version runs: what that one writes meanwhile may show. Mounted for a moment, under a name that the next pass sweeps if this one dies.
 */
import { existsSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { MS_NODEV, MS_NOSUID, MS_RDONLY, mount, unmount } from '../../kernel/index.js';
import {
  generatedLayerMount,
  type HostPath,
  imageMountPath,
  type Layout,
  layerPath,
  layersOf,
  type TreeSpec,
} from '../../model/index.js';
import { rackPids } from './cgroups.js';
import { explained, ignoreMissing } from './mount-errors.js';
import { overlayFeatures } from './overlay-options.js';
import { warmFromRunning } from './warm.js';

/** Needs the image mounted and the writable layer made. Errors: E_MOUNT; those of `work`. */
export async function withPreview(
  layout: Layout,
  tree: TreeSpec,
  work: (root: HostPath) => Promise<void>,
): Promise<void> {
  const { rack, generation, image } = tree;
  const root = generatedLayerMount(layout, `${rack}.preview`, generation);
  // A layer that is sealed at the stop has no successor yet.
  const layers = layersOf(tree).map((name) => layerPath(layout, rack, name));
  const lower = [...layers.filter((path) => existsSync(path)), imageMountPath(layout, image.sha256)];
  await mkdir(root, { recursive: true, mode: 0o700 });
  try {
    const options = [`lowerdir=${lower.join(':')}`, ...overlayFeatures].join(',');
    await mount('rackops-preview', root, 'overlay', MS_RDONLY | MS_NOSUID | MS_NODEV, options).catch(
      (error) => {
        throw explained(error, `cannot look into the tree of "${rack}"`, rack);
      },
    );
    try {
      await work(root);
      await warmFromRunning(root, rackPids(layout, rack));
    } finally {
      await unmount(root);
    }
  } finally {
    await rmdir(root).catch(ignoreMissing);
  }
}
