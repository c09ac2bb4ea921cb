/** Rehearsals of the imagined machine: a view is an entry beside the live tree; what runs in it is started under its own name. */
import { isReplaced, layersOf, RackError, rehearsalName } from '../../model/index.js';
import type { Rehearsals } from '../ports.js';
import type { MemoryState } from './state.js';

export function createMemoryRehearsals(state: MemoryState, middle: (operation: string) => void): Rehearsals {
  const belongs = (rack: string): ((key: string) => boolean) => {
    const prefix = rehearsalName(rack);
    return (key) => key.startsWith(`${prefix}/`) || key.startsWith(`${prefix}.`);
  };
  return {
    open: async ({ desired: { name: rack }, tree: { image, layer, sealed } }, atRest, leaving) => {
      const refuse = (why: string): RackError =>
        new RackError('E_REHEARSAL', `cannot set up a rehearsal of "${rack}": ${why}`, { rack });
      if (state.diskFull) throw refuse('too little space');
      if (!state.images.has(image.sha256)) throw refuse(`image "${image.file}" is not mounted`);
      const layers = state.data.get(rack)?.layers;
      if (!layersOf({ layer, sealed }).some((name) => layers?.has(name)))
        throw refuse('its writable layer is not there');
      if (leaving?.drops.some(isReplaced) === true && !state.replacements.has(leaving.id))
        throw new Error(`nothing was made for ${leaving.id} that takes the place of files`);
      state.rehearsals.set(rack, { imageSha256: image.sha256, isCopy: atRest !== null });
      await atRest?.(async (signal) => {
        middle('rehearsals.open');
        signal.throwIfAborted();
        state.commands.push(`copy of ${rack}`);
      });
      middle('rehearsals.open');
    },
    isFull: async () => state.viewsFull,
    changedFiles: async () => ({ files: [], complete: true }),
    isTorn: async (rack) => state.viewsTorn && state.rehearsals.get(rack)?.isCopy !== true,
    discard: async (rack) => {
      if (state.keeper === 'frozen')
        throw new RackError('E_KEEPER', 'cannot ask the keeper: no answer in time', { blame: 'agent' });
      const isOfView = belongs(rack);
      for (const services of [state.services, state.orphans])
        for (const key of services.keys()) if (isOfView(key)) services.delete(key);
      middle('rehearsals.discard');
      for (const bundle of state.bundles) if (isOfView(bundle)) state.bundles.delete(bundle);
      state.rehearsals.delete(rack);
    },
  };
}
