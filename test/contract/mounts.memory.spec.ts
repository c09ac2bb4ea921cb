/** The mounts contract on the imagined host. */
import { createMemoryHost } from '../../src/host/memory/index.js';
import { imageRef } from '../support/builders.js';
import { mountsContract } from './mounts.contract.js';

mountsContract('the memory host', async () => {
  const { host, world } = createMemoryHost();
  return {
    images: host.images,
    mounts: host.mounts,
    data: host.data,
    putImage: async (name) => {
      const image = imageRef(name);
      world.addImage(image);
      return image;
    },
    hold: async (rack) => {
      const release = world.hold(rack);
      return async () => release();
    },
    leak: async (rack) => {
      const release = world.leak(rack);
      return async () => release();
    },
    unmountByHand: async (rack) => world.unmountTree(rack),
    mountForeign: async (rack) => world.mountForeign(rack),
    strayLayer: async (rack, generation) => world.strayLayer(rack, generation),
    close: async () => {},
  };
});
