/** What must be mounted for a definition: pure translation, no decision. */
import {
  type DesiredRack,
  type MountPoint,
  rackPath,
  type TreeIdentity,
  type TreeSpec,
} from '../model/index.js';

/** The tree of a definition with the mount points its mounts and files need, parents before children. */
export function treeSpec(desired: DesiredRack, identity: TreeIdentity): TreeSpec {
  const mountPoints: MountPoint[] = [
    ...desired.mounts.map((mount) => ({ path: mount.target, kind: 'directory' as const })),
    ...desired.files.map((file) => ({ path: rackPath(file.path), kind: 'file' as const })),
  ];
  mountPoints.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return {
    rack: desired.name,
    generation: identity.generation,
    digest: identity.digest,
    layer: identity.layer,
    sealed: identity.sealed,
    image: desired.image,
    mountPoints,
  };
}
