/**
 * After the mount: every place that the runtime will mount onto must be there in the merged tree and be what it should be. The runtime would otherwise make it, in the
 * writable layer, or follow a link. Nothing of the rack runs yet, and links never lead out of the tree.
 */
import { constants, fstatSync, readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { closeFd, isKernelError, O_PATH, openInRoot } from '../../kernel/index.js';
import { escapeControl, shorten } from '../../lib/index.js';
import { type MountPoint, RackError, rackPath, type TreeSpec } from '../../model/index.js';

const always: readonly MountPoint[] = ['/proc', '/dev', '/sys'].map((path) => ({
  path: rackPath(path),
  kind: 'directory',
}));

/** Error: E_MOUNT_TARGET naming the rack, the path and what is there. */
export async function checkMountPoints(treeRoot: string, tree: TreeSpec): Promise<void> {
  const root = await open(treeRoot, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (const point of [...always, ...tree.mountPoints]) check(root.fd, point, tree.rack);
  } finally {
    await root.close();
  }
}

function check(rootFd: number, point: MountPoint, rack: string): void {
  const { kind, linkTo } = thingAt(rootFd, point.path);
  if (kind === point.kind) return;
  const to = linkTo === null ? '' : ` to "${shorten(escapeControl(linkTo))}"`;
  const what = kind === 'nothing' ? 'is missing' : `is a ${kind}${to}, want a ${point.kind}`;
  throw new RackError('E_MOUNT_TARGET', `cannot mount at "${point.path}" in "${rack}": it ${what}`, {
    rack,
    blame: 'definition',
    hint:
      kind === 'nothing'
        ? 'it was deleted in the rack, or lies below a file or a broken link: make it again there, or choose another path'
        : 'choose another path',
  });
}

interface Thing {
  readonly kind: 'directory' | 'file' | 'symbolic link' | 'special file' | 'nothing';
  readonly linkTo: string | null;
}

function thingAt(rootFd: number, path: string): Thing {
  try {
    const parent = openInRoot(rootFd, dirname(path), O_PATH);
    try {
      const fd = openInRoot(parent, basename(path), O_PATH | constants.O_NOFOLLOW);
      try {
        const stat = fstatSync(fd);
        if (stat.isDirectory()) return { kind: 'directory', linkTo: null };
        if (stat.isFile()) return { kind: 'file', linkTo: null };
        if (!stat.isSymbolicLink()) return { kind: 'special file', linkTo: null };
        return {
          kind: 'symbolic link',
          linkTo: readlinkSync(`/proc/self/fd/${parent}/${basename(path)}`),
        };
      } finally {
        closeFd(fd);
      }
    } finally {
      closeFd(parent);
    }
  } catch (error) {
    if (isKernelError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return { kind: 'nothing', linkTo: null };
    throw error;
  }
}
