/**
 * One handler for each step kind; the table does not compile while a kind is missing. A handler ensures what its step says, decides nothing,
 * and throws a `RackError` when it cannot. What is left when it fails is in the docstrings of the steps (`model/plan.ts`).
 */
import { formatBytes } from '../lib/index.js';
import type { StepKind, StepOf, TreeSpec } from '../model/index.js';
import { commit, forget, hold, settle } from './conclude.js';
import { fetchImage } from './fetch.js';
import { beginRemoval, beginRollout, closeJournal, touch } from './journal.js';
import type { Lane } from './lane.js';
import { progress } from './lane.js';
import { thaw } from './quiesce.js';
import { rehearse } from './rehearse.js';
import { startServices, stopServices } from './services.js';
import { discardAside, prepareAside, putBack, reportShadow, setAside } from './shadow.js';
import { verify } from './verify.js';

/** Resolves to a short detail for progress output, or nothing. */
type Handler<K extends StepKind> = (step: StepOf<K>, lane: Lane) => Promise<string | undefined>;

export const handlers: { readonly [K in StepKind]: Handler<K> } = {
  begin: beginRollout,
  fetchImage,
  mountImage: async ({ image }, lane) => {
    await lane.host.mounts.mountImage(image);
    return undefined;
  },
  prepareTree: async ({ tree, seals }, lane) => {
    await lane.host.mounts.prepareTree(tree);
    if (seals) await tellCopyUp(tree, lane);
    return undefined;
  },
  reportShadow,
  checkInputs: async ({ desired }, lane) => {
    await lane.host.bundles.check(desired);
    return undefined;
  },
  writeBundles: async ({ desired, tree }, lane) => {
    await lane.host.bundles.prepare(desired, tree);
    return undefined;
  },
  rehearse,
  discardRehearsal: async ({ rack, thaw: quiesce }, lane) => {
    if (quiesce !== null) await thaw(quiesce, lane);
    await lane.host.rehearsals.discard(rack);
    return undefined;
  },
  openSockets: async ({ rack, listen }, lane) => {
    if (listen.length === 0) return undefined;
    await lane.host.supervisor.openSockets(rack, listen);
    return listen.map((item) => item.address).join(', ');
  },
  touch,
  stopServices,
  unmountTree: async ({ rack, keep }, lane) => {
    if (keep !== null && (await isMounted(lane, rack, keep))) return 'left as it is';
    await lane.host.mounts.unmountTree(rack);
    return undefined;
  },
  sealLayer: async ({ rack, stack, snapshots }, lane) => {
    await lane.host.data.sealLayer(rack, stack, snapshots);
    return `layer ${stack.layer}`;
  },
  prepareAside,
  discardAside,
  setAside,
  putBack,
  mountTree: async ({ tree }, lane) => {
    await lane.host.mounts.mountTree(tree);
    return tree.image.file;
  },
  startServices,
  verify,
  commit,
  closeSockets: async ({ rack, keep }, lane) => {
    await lane.host.supervisor.closeSockets(rack, keep);
    return undefined;
  },
  releaseTree: async ({ rack, generation }, lane) => {
    await lane.host.mounts.releaseTree(rack, generation);
    await lane.host.bundles.remove(rack, generation);
    return undefined;
  },
  releaseLayers: async ({ rack, stack, snapshots, keep }, lane) => {
    await lane.host.data.releaseLayers(rack, stack, snapshots, keep);
    return undefined;
  },
  releaseImage: async ({ sha256 }, lane) => {
    await lane.host.mounts.unmountImage(sha256);
    return undefined;
  },
  closeJournal,
  settle,
  hold,
  beginRemoval,
  forget,
};

/** Before the stop: big files of a layer that is sealed are copied when a service first writes to them. */
async function tellCopyUp(tree: TreeSpec, lane: Lane): Promise<void> {
  const [newest] = tree.sealed;
  if (newest === undefined) return;
  const { files, bytes } = await lane.host.data.bigFiles(tree.rack, newest);
  if (files === 0) return;
  const price = `${files} file(s) of ${formatBytes(bytes)} together are copied when they are first written to after the swap (rollout.data: restore)`;
  progress(lane, 'prepareTree', price);
  lane.notes.push(price);
}

async function isMounted(
  lane: Lane,
  rack: string,
  identity: { readonly generation: number; readonly digest: string },
): Promise<boolean> {
  const { trees } = await lane.host.mounts.observe();
  const tree = trees.find((candidate) => candidate.rack === rack);
  return tree?.asMade === true && tree.generation === identity.generation;
}
