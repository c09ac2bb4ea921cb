/** The writable layer of a rack: made with the face of the root below it, refused when it carries what would tie it to one image. */
import { mkdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { hasXattr } from '../../kernel/index.js';
import { formatBytes } from '../../lib/index.js';
import {
  dataPath,
  type LayerName,
  type LayerStack,
  type Layout,
  layerNumber,
  layerPath,
  layersOf,
  maxSealedLayers,
  overlayWorkPath,
  RackError,
  type TreeSpec,
} from '../../model/index.js';
import { copyFace } from './face.js';
import { walk } from './walk.js';

/** Less than this free and a service that starts would fail in its own, less clear, way. */
const minFreeBytes = 16 * 1_048_576;
const minFreeInodes = 100;

/** Attributes of overlay features that tie a layer to one image. */
const features = ['trusted.overlay.redirect', 'trusted.overlay.metacopy'];

/** Errors: E_DISK_SPACE, E_NO_INODES. */
export async function refuseFullDisk(layout: Layout): Promise<void> {
  const { bavail, bsize, files, ffree } = await statfs(layout.readwrite);
  if (bavail * bsize < minFreeBytes) {
    throw new RackError(
      'E_DISK_SPACE',
      `cannot start a rack on a full disk: ${formatBytes(bavail * bsize)} free in ${layout.readwrite}, want ${formatBytes(minFreeBytes)}`,
      {
        hint: 'free some space; it is tried again at the next pass',
      },
    );
  }
  if (files > 0 && ffree < minFreeInodes) {
    throw new RackError(
      'E_NO_INODES',
      `cannot start a rack without inodes: ${ffree} free in ${layout.readwrite}, want ${minFreeInodes}`,
      {
        hint: 'delete some files; it is tried again at the next pass',
      },
    );
  }
}

/**
 * Layer and work directory exist. A new layer's root copies mode, owner and xattrs of the root below it (the newest sealed layer's, else the image's), because it becomes the root that the
 * services see. Made aside and renamed: a crash in between leaves no layer with the wrong face. `imageRoot` null: there is a sealed layer.
 */
export async function ensureWritableLayer(
  layout: Layout,
  rack: string,
  stack: LayerStack,
  imageRoot: string | null,
): Promise<void> {
  const path = layerPath(layout, rack, stack.layer);
  if (!(await exists(path))) {
    await mkdir(dataPath(layout, rack), { recursive: true, mode: 0o700 });
    const making = `${path}.making`;
    await rm(making, { recursive: true, force: true });
    await mkdir(making);
    const [newest] = stack.sealed;
    const below = newest === undefined ? imageRoot : layerPath(layout, rack, newest);
    if (below === null) throw new Error('internal error: a layer on nothing');
    await copyFace(below, making);
    await rename(making, path);
  }
  await mkdir(overlayWorkPath(layout, rack, stack.layer), { recursive: true, mode: 0o700 });
}

/** Errors: E_LAYER_LIMIT, E_LAYER_MISSING naming the layer. */
export async function checkSealedLayers(layout: Layout, rack: string, { sealed }: LayerStack): Promise<void> {
  if (sealed.length > maxSealedLayers) {
    throw new RackError(
      'E_LAYER_LIMIT',
      `cannot seal another layer of "${rack}": ${sealed.length - 1} sealed layers are not merged yet, and a tree may have ${maxSealedLayers}`,
      { rack, hint: 'see why they are not merged (warnings of the agent, free space), then sync again' },
    );
  }
  for (const layer of sealed) {
    const path = layerPath(layout, rack, layer);
    if (await exists(path)) continue;
    throw new RackError(
      'E_LAYER_MISSING',
      `cannot use the data of "${rack}": sealed layer ${path} is not there`,
      {
        rack,
        hint: 'put it back from a backup; nothing is mounted without it',
      },
    );
  }
}

/**
 * Layers that we did not write (a restored backup, another machine's) may hold attributes of overlay features that tie them to one image. All of the tree's are looked at, also below a layer
 * that is still to be made; once: as long as the newest that is there has no work directory beside it. Error: E_OVERLAY_FEATURE naming the first file.
 */
export async function refuseForeignFeatures(layout: Layout, tree: TreeSpec): Promise<void> {
  const layers: LayerName[] = [];
  for (const layer of layersOf(tree))
    if (await exists(layerPath(layout, tree.rack, layer))) layers.push(layer);
  const [newest] = layers;
  if (newest === undefined || (await wasWrittenTo(layout, tree.rack, newest))) return;
  let found: Awaited<ReturnType<typeof findFeature>> = null;
  for (const layer of layers) found ??= await findFeature(layerPath(layout, tree.rack, layer));
  if (found === null) return;
  throw new RackError(
    'E_OVERLAY_FEATURE',
    `cannot use the writable layer of "${tree.rack}": "${found.path}" has ${found.name}`,
    {
      rack: tree.rack,
      hint: 'it was written by an overlay with redirect_dir or metacopy; copy its files out of a mount of that overlay instead',
    },
  );
}

/** By a tree of ours: then all below it was looked at before. Nobody ever wrote to a merged layer. */
async function wasWrittenTo(layout: Layout, rack: string, layer: LayerName): Promise<boolean> {
  return !layer.includes('-') && (await exists(overlayWorkPath(layout, rack, layerNumber(layer))));
}

/** What cannot be read may have one: those errors are the file system's own. */
async function findFeature(layer: string): Promise<{ readonly path: string; readonly name: string } | null> {
  for await (const { path, at, stat } of walk(layer, refuse)) {
    if (!stat.isDirectory() && !stat.isFile()) continue;
    const name = features.find((feature) => hasXattr(at, feature));
    if (name !== undefined) return { path: `${layer}/${path}`, name };
  }
  return null;
}

function refuse(error: unknown): never {
  throw error;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
