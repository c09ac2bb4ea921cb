/** Entries of the layer that is written to, by their names in directories that are held: no link that a service left leads out of it, and no directory looks as if it had changed. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { heldPath, holdDirectory, O_PATH, removeXattr, setTimes, setXattr } from '../../kernel/index.js';
import { bytesOfText } from '../../lib/index.js';
import { layerPath } from '../../model/index.js';
import type { Aside } from './aside-directory.js';

const opaqueName = 'trusted.overlay.opaque';

/** `root`: of the layer, held as long as `work` runs. Errors: those of `work`; the file system's own. */
export async function inLayer(
  { layout, rack, stack }: Aside,
  work: (root: number) => Promise<void>,
): Promise<void> {
  const root = openSync(layerPath(layout, rack, stack.layer), O_PATH | constants.O_DIRECTORY);
  try {
    await work(root);
  } finally {
    closeSync(root);
  }
}

/** `text`: as of `ShadowFinding`. `entry` leads to it as long as `work` runs. Null, and nothing happens, when the directory that it is in is gone. */
export async function atEntry<T>(
  root: number,
  text: string,
  work: (entry: Buffer) => Promise<T>,
): Promise<T | null> {
  const path = bytesOfText(text.slice(1));
  const slash = path.lastIndexOf('/');
  const directory = holdDirectory(root, slash === -1 ? Buffer.from('.') : path.subarray(0, slash));
  if (directory === null) return null;
  try {
    // Nothing of it is the service's doing.
    const { atimeNs, mtimeNs } = fstatSync(directory, { bigint: true });
    const done = await work(
      Buffer.concat([Buffer.from(`${heldPath(directory)}/`), path.subarray(slash + 1)]),
    );
    setTimes(`${heldPath(directory)}/.`, atimeNs, mtimeNs);
    return done;
  } finally {
    closeSync(directory);
  }
}

/** The directory shows what lies below it, or nothing of it (`opaque`). Nothing happens when it is gone. */
export function setOpaque(root: number, text: string, opaque: boolean): void {
  const fd = holdDirectory(root, bytesOfText(text.slice(1)));
  if (fd === null) return;
  try {
    // By a path that ends in the held directory itself, because such calls follow no link at the end of one.
    const at = `${heldPath(fd)}/.`;
    if (opaque) setXattr(at, opaqueName, Buffer.from('y'));
    else removeXattr(at, opaqueName);
  } finally {
    closeSync(fd);
  }
}
