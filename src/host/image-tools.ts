/** Ports: all that images are made with. None of it needs a configured host. */
import type { HostPath } from '../model/index.js';
import type { ImageBuilding } from './image-building.js';
import type { ImagePacking } from './image-packing.js';
import type { OpenWorkspace } from './image-workspace.js';
import type { OciImages } from './oci-images.js';
import type { RootCommands } from './root-commands.js';

export interface ImageTools {
  readonly packing: ImagePacking;
  readonly building: ImageBuilding;
  readonly oci: OciImages;
  readonly openWorkspace: OpenWorkspace;
  /** Commands in roots of images. `scratch`: a directory of root's, such as a workspace. */
  rootCommands(scratch: HostPath): RootCommands;
}
