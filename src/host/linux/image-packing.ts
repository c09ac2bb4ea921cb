/** The Linux side of `ImagePacking`: puts its parts together. */
import type { ImagePacking } from '../image-packing.js';
import { makeControlFile } from './control-file.js';
import { openImageOutput } from './image-output.js';
import { RackRoot } from './in-root.js';
import { programVersions } from './program-versions.js';
import { retime } from './retime.js';
import { scanTree } from './scan-tree.js';
import { squash } from './squash.js';

export function createImagePacking(): ImagePacking {
  return {
    scan: scanTree,
    retime,
    inTree: (tree, look) => {
      const root = new RackRoot(tree);
      try {
        return look({
          read: (path, maxBytes) => root.read(path, maxBytes)?.content ?? null,
          list: (path) => root.list(path),
        });
      } finally {
        root.close();
      }
    },
    squash,
    control: makeControlFile,
    openOutput: openImageOutput,
    versions: programVersions,
  };
}
