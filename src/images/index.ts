/** Images are made here: every way to make one, through the ports of the host. */

export { fileChanges, packageChanges } from './compare.js';
export { type PackRequest, packTree } from './pack.js';
export { installedPackages } from './packages.js';
