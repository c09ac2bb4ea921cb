/** The Linux side of `ImageTools`: puts its parts together. */
import type { ImageTools } from '../image-tools.js';
import { createImageBuilding } from './image-building.js';
import { createImagePacking } from './image-packing.js';
import { fetchOci } from './oci-fetch.js';
import { unpackOci } from './oci-unpack.js';
import { createRootCommands } from './root-commands.js';
import { openWorkspace } from './workspace.js';

export function createImageTools(): ImageTools {
  return {
    packing: createImagePacking(),
    building: createImageBuilding(),
    oci: { fetch: fetchOci, unpack: unpackOci },
    openWorkspace,
    rootCommands: (scratch) => createRootCommands({ scratch, runtime: 'auto' }),
  };
}
