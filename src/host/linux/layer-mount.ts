/** The generated layer of a tree, mounted for the moment that an overlay mount takes. */
import { mkdir, open, rmdir } from 'node:fs/promises';
import { unmount } from '../../kernel/index.js';
import { generatedLayerMount, type Layout, type TreeSpec } from '../../model/index.js';
import { ensureGeneratedLayer } from './generated-layer.js';
import { mountSquashfs } from './mount-squashfs.js';
import { fileBehind } from './tokens.js';

/**
 * `work` mounts the overlay, with the layer that is mounted at the path it gets. True when that overlay holds the layer: its loop device lives on. Errors: E_MOUNT, those of `work`; the layer is
 * unmounted then too.
 */
export async function withGeneratedLayer(
  layout: Layout,
  tree: TreeSpec,
  imageRoot: string,
  work: (layerMount: string) => Promise<void>,
): Promise<boolean> {
  const layerFile = await ensureGeneratedLayer(layout, tree, imageRoot);
  const layerMount = generatedLayerMount(layout, tree.rack, tree.generation);
  await mkdir(layerMount, { recursive: true, mode: 0o700 });
  const file = await open(layerFile, 'r');
  const device = await mountSquashfs(file.fd, layerFile, layerMount).finally(() => file.close());
  try {
    await work(layerMount);
  } finally {
    // From here on the overlay alone keeps the layer's loop device alive: the token of life.
    await unmount(layerMount);
    await rmdir(layerMount);
  }
  return fileBehind(device) === layerFile;
}
