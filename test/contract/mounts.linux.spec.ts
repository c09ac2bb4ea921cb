/** The mounts contract on the real kernel. */
import { mkdir } from 'node:fs/promises';
import { mount, unmount } from '../../src/kernel/index.js';
import { generatedLayerMount } from '../../src/model/index.js';
import { MountRig } from '../support/mount-rig.js';
import { mountsContract } from './mounts.contract.js';

mountsContract('the Linux host', async () => {
  const rig = await MountRig.create();
  return {
    images: rig.images,
    mounts: rig.mounts,
    data: rig.data,
    putImage: (name) => rig.putImage(name),
    hold: async (rack) => (await rig.hold(rack)).end,
    leak: async () => (await rig.leak()).end,
    unmountByHand: (rack) => unmount(rig.tree(rack)),
    mountForeign: async (rack) => {
      await mkdir(rig.tree(rack), { recursive: true });
      await mount('tmpfs', rig.tree(rack), 'tmpfs', 0, '');
    },
    strayLayer: async (rack, generation) => {
      const place = generatedLayerMount(rig.layout, rack, generation);
      await mkdir(place);
      // Any mount there is stray: what it is does not matter to the sweep.
      await mount('tmpfs', place, 'tmpfs', 0, '');
    },
    close: () => rig.dispose(),
  };
});
