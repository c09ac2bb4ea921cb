export { bootId } from './clock.js';
export { readConfigFile } from './config-file.js';
export { ensureDirectories } from './directories.js';
export { createLinuxHost, type LinuxHost } from './host.js';
export { createImageBuilding } from './image-building.js';
export { createImagePacking } from './image-packing.js';
export { createOciImages } from './oci-images.js';
export { createRootCommands } from './root-commands.js';
export { openWorkspace } from './workspace.js';
