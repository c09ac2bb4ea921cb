/** The generated layer of a tree, mounted for the moment that an overlay mount takes. */
import { mkdir, open, rmdir } from 'node:fs/promises';
import { generatedLayerMount, type Layout, type TreeSpec } from '../../model/index.js';
import { ensureGeneratedLayer } from './generated-layer.js';
import { explained } from './mount-errors.js';
import { mountSquashfs } from './mount-squashfs.js';
import { fileBehind } from './tokens.js';
import { thenUnmount, unmountInTime } from './unmount.js';

/**
 * `work` mounts the overlay, with the layer that is mounted at the path it gets. True when that overlay holds the layer: its loop device lives on. Errors: E_MOUNT, those of `work`, which come first; the layer is
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
  await thenUnmount(
    () => work(layerMount),
    async () => {
      // From here on the overlay alone keeps the layer's loop device alive: the token of life.
      await unmountInTime(layerMount).catch((error) => {
        throw explained(error, `cannot unmount the generated layer at ${layerMount}`, tree.rack);
      });
      await rmdir(layerMount);
    },
  );
  return fileBehind(device) === layerFile;
}
