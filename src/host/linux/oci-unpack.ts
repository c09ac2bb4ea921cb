/**
 * The layers of a container image become a tree, by umoci, which resolves every path inside of that tree. Layers are a stranger's: what must not be in a rack image is looked for afterwards, without following
 * anything.
 */
import { chmod, lstat, mkdir, unlink } from 'node:fs/promises';
import { listXattrs, removeXattr } from '../../kernel/index.js';
import { textOfBytes } from '../../lib/index.js';
import { type HostPath, RackError, under } from '../../model/index.js';
import type { OciImages } from '../oci-images.js';
import { streamBound } from './bound-program.js';
import { needSpace, whileSpaceLasts } from './free-space.js';
import { layoutTag } from './oci-fetch.js';
import { walk } from './walk.js';

const unpackMs = 3_600_000;
/** What software takes unpacked, over what its layers take; measured on distributions' images: 2.3 to 3.1. */
const growth = 3;

/** Where the runtime mounts, and what programs expect of every root. */
const needed: readonly (readonly [string, number])[] = [
  ['proc', 0o555],
  ['sys', 0o555],
  ['dev', 0o755],
  ['run', 0o755],
  ['tmp', 0o1777],
];

/** As of `OciImages.unpack`. */
export const unpackOci: OciImages['unpack'] = async ({ layout, sizeBytes }, target, { signal, progress }) => {
  await needSpace(layout, sizeBytes * growth);
  await whileSpaceLasts(layout, signal, async (whileSpace) => {
    const args = ['--log', 'info', 'raw', 'unpack', '--image', `${layout}:${layoutTag}`, target];
    const result = await streamBound('umoci', args, {
      timeoutMs: unpackMs,
      signal: whileSpace,
      onLine: (line) => progress(line.replace(/^\s*\W\s*/, '')),
    });
    if (result.exitCode === 0) return;
    throw new RackError('E_OCI_FORMAT', `cannot unpack the image: ${result.explain}`, {
      hint: 'ask whoever made the image',
    });
  });
  const taken = await takeOut(target);
  await putIn(target);
  return taken;
};

/** What an image must not bring: device nodes, and what an overlay would take for its own notes. */
async function takeOut(tree: HostPath): Promise<readonly string[]> {
  const taken: string[] = [];
  const refuse = (error: unknown): never => {
    throw error;
  };
  for await (const { path, at, stat } of walk(tree, refuse)) {
    if (stat.isCharacterDevice() || stat.isBlockDevice()) {
      await unlink(at);
      taken.push(`/${textOfBytes(path)}`);
      continue;
    }
    const notes = listXattrs(at).filter((name) => name.startsWith('trusted.overlay.'));
    for (const name of notes) removeXattr(at, name);
    if (notes.length > 0) taken.push(`/${textOfBytes(path)} (${notes.join(', ')})`);
  }
  return taken;
}

/** Names in the root itself, so no link is on the way; whatever is there already stays. */
async function putIn(tree: HostPath): Promise<void> {
  for (const [name, mode] of needed) {
    const path = under(tree, name);
    if ((await lstat(path).catch(() => null)) !== null) continue;
    await mkdir(path);
    await chmod(path, mode);
  }
}
