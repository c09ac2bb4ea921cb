export { bootId } from './clock.js';
export { readConfigFile } from './config-file.js';
export { ensureDirectories } from './directories.js';
export { createLinuxHost, type LinuxHost } from './host.js';
export { createImageTools } from './image-tools.js';
export { openWorkspace } from './workspace.js';
