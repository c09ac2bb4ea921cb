/**
 * The mounts of a rehearsal: the tree of the new version over the live writable layers (or a copy) as lower ones, and read-only views of mount sources. An overlay gives sockets and pipes of a
 * lower layer inodes of its own, so nobody in the view reaches a live one: measured, docs/adr/0012. Must never mount anything writable over live data.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  heldPath,
  holdDirectory,
  isKernelError,
  MS_NODEV,
  MS_NOSUID,
  MS_RDONLY,
  mount,
  O_PATH,
} from '../../kernel/index.js';
import {
  type DesiredMount,
  type HostPath,
  holdersText,
  imageMountPath,
  type Layout,
  RackError,
  rehearsalName,
  rehearsalPaths,
  rehearsedSource,
  type TreeSpec,
  treePath,
  treeSource,
  under,
} from '../../model/index.js';
import type { Leaving } from '../ports.js';
import { deleteTree } from './delete-tree.js';
import { copyFace, copyHeldFace } from './face.js';
import { findHolders } from './holders.js';
import { withGeneratedLayer } from './layer-mount.js';
import { explained, ignoreMissing } from './mount-errors.js';
import { checkMountPoints } from './mount-points.js';
import { readMountinfo } from './mountinfo.js';
import { overlayOptions } from './overlay-options.js';
import { viewedLayers } from './rehearsal-copy.js';
import { dropInView } from './rehearsal-drops.js';
import { livingGenerations, loopFiles } from './tokens.js';
import { letGoMs, unmountInTime } from './unmount.js';

const proofPollMs = 5;

/** Needs the space mounted and the image. Errors: E_MOUNT, E_MOUNT_TARGET. */
export async function mountView(layout: Layout, tree: TreeSpec, leaving?: Leaving): Promise<void> {
  const { space } = rehearsalPaths(layout, tree.rack);
  const name = rehearsalName(tree.rack);
  const target = treePath(layout, name);
  const live = viewedLayers(layout, tree);
  const imageRoot = imageMountPath(layout, tree.image.sha256);
  const [upper, work] = [under(space, 'upper'), under(space, 'work')];
  for (const directory of [upper, work, target]) await mkdir(directory, { recursive: true, mode: 0o700 });
  await copyFace(live[0] ?? imageRoot, upper);
  await withGeneratedLayer(layout, { ...tree, rack: name }, imageRoot, async (layerMount) => {
    // Nothing of it is to survive, so nothing of it needs to be synced.
    const options = `${overlayOptions([...live, layerMount, imageRoot], upper, work)},volatile`;
    const source = treeSource(name, tree.generation, tree.digest);
    await mount(source, target, 'overlay', MS_NOSUID | MS_NODEV, options).catch((error) => {
      throw explained(error, `cannot mount the view of "${tree.rack}"`, tree.rack);
    });
  });
  const [layer] = live;
  if (layer !== undefined && leaving !== undefined && leaving.drops.length > 0) {
    const paths = { view: target, layer, image: imageRoot };
    await dropInView(paths, { layout, rack: tree.rack, leaving });
  }
  await checkMountPoints(target, tree);
}

/**
 * What a rehearsal sees of the host's directories is there, but for what is shared. `real`: what the sources really are, as it was checked, in order. Needs the space. Error: E_REHEARSAL when
 * one is no directory by now.
 */
export async function mountSources(
  layout: Layout,
  rack: string,
  mounts: readonly DesiredMount[],
  real: readonly HostPath[],
): Promise<void> {
  for (const [index, { source, rehearse }] of mounts.entries()) {
    if (rehearse === 'share') continue;
    const seen = rehearsedSource(layout, rack, index, rehearse);
    await mkdir(seen, { recursive: true, mode: 0o700 });
    const fd = holdSource(real[index] ?? source, rack);
    try {
      if (rehearse === 'empty') await copyHeldFace(fd, seen);
      else await mountReadOnly(fd, source, seen, rehearsalPaths(layout, rack).space);
    } finally {
      closeSync(fd);
    }
  }
}

/** No link is followed: whoever owns a directory above may have put one there since the look. */
function holdSource(real: HostPath, rack: string): number {
  const root = openSync('/', O_PATH | constants.O_DIRECTORY);
  try {
    const fd = holdDirectory(root, real);
    if (fd !== null) return fd;
  } finally {
    closeSync(root);
  }
  throw new RackError(
    'E_REHEARSAL',
    `cannot set up a rehearsal of "${rack}": the mount source "${real}" is no directory, or has become a link`,
    { rack },
  );
}

/** By an overlay: through a read-only bind a live unix socket would still answer. By descriptor: a source may have any name, and it is the one that was looked at. */
async function mountReadOnly(fd: number, source: string, target: string, space: HostPath): Promise<void> {
  const nothing = under(space, 'nothing');
  await mkdir(nothing, { recursive: true, mode: 0o700 });
  const lower = `lowerdir=${nothing}:${heldPath(fd)}`;
  await mount('rackops-view', target, 'overlay', MS_RDONLY | MS_NOSUID | MS_NODEV, lower).catch((error) => {
    throw explained(error, `cannot make a read-only view of "${source}"`);
  });
}

/**
 * Nothing of the view is mounted, and within 2 s no loop device of it is left: it is dead in every mount namespace. Its services were stopped before.
 * Errors: E_BUSY, E_LEAKED_MOUNT, both naming the holders.
 */
export async function unmountView(layout: Layout, rack: string): Promise<void> {
  const { directory, disk } = rehearsalPaths(layout, rack);
  const name = rehearsalName(rack);
  const tree = treePath(layout, name);
  const deadline = performance.now() + letGoMs;
  const strays = `${under(layout.run, 'layers')}/${name}.`;
  const points = (await readMountinfo())
    .map(({ mountPoint }) => mountPoint)
    .filter((point) => point === tree || point.startsWith(strays) || point.startsWith(`${directory}/`));
  for (const point of points.reverse()) await unmountPoint(point, rack, deadline);
  while (livingGenerations(layout, name).length > 0 || loopFiles().includes(disk)) {
    if (performance.now() > deadline) throw leaked(rack, findHolders(heldView(tree, directory), new Set()));
    await sleep(proofPollMs);
  }
  await rmdir(tree).catch(ignoreMissing);
}

/** After the unmount: the files of it. Errors: E_MOUNTED, E_DELETE. */
export async function removeView(layout: Layout, rack: string): Promise<void> {
  const { directory } = rehearsalPaths(layout, rack);
  const what = `the rehearsal of "${rack}"`;
  await deleteTree(directory, { rack, what, hint: 'unmount it; it is tried again at the next pass' });
  const layers = under(layout.run, 'layers');
  const prefix = `${rehearsalName(rack)}.`;
  for (const file of await readdir(layers).catch(() => [])) {
    if (file.startsWith(prefix)) await rm(under(layers, file), { recursive: true, force: true });
  }
}

/** Whether anything of a rehearsal lies about on disk. */
export async function hasView(layout: Layout, rack: string): Promise<boolean> {
  return await stat(rehearsalPaths(layout, rack).directory).then(
    () => true,
    () => false,
  );
}

async function unmountPoint(point: string, rack: string, deadline: number): Promise<void> {
  await unmountInTime(point, deadline).catch((error) => {
    if (!isKernelError(error, 'EBUSY')) throw explained(error, `cannot unmount ${point}`, rack);
    const holders = findHolders({ path: point, upperPrefix: `${point}/` }, new Set());
    throw new RackError(
      'E_BUSY',
      `cannot unmount the rehearsal of "${rack}": held by ${holdersText(holders) || 'somebody who cannot be seen'}`,
      {
        rack,
        hint: 'end these processes; it is tried again at the next pass, the running version was not touched',
      },
    );
  });
}

function heldView(path: string, directory: string): { readonly path: string; readonly upperPrefix: string } {
  return { path, upperPrefix: `${directory}/` };
}

function leaked(rack: string, holders: Parameters<typeof holdersText>[0]): RackError {
  const who = holders.length === 0 ? 'nobody that can be seen in /proc' : holdersText(holders);
  return new RackError(
    'E_LEAKED_MOUNT',
    `the rehearsal of "${rack}" lives on in another mount namespace: held by ${who}`,
    {
      rack,
      hint: 'end these processes; the running version is not touched until then',
    },
  );
}
