/** Images are made here: every way to make one, through the ports of the host. */

export { type BuildPorts, type BuildRequest, buildImage } from './build.js';
export { leftovers } from './cleaning.js';
export { fileChanges, packageChanges } from './compare.js';
export { containerConfig } from './container-config.js';
export { type ImportedImage, type ImportRequest, importImage } from './import.js';
export { type NamedSource, parseOciSource, sourceForms } from './oci-source.js';
export { type PackRequest, packTree } from './pack.js';
export { aptCommands } from './package-managers.js';
export { installedPackages } from './packages.js';
export { type CommandsRequest, runCommands } from './run-commands.js';
export { type Upgrade, type UpgradeRequest, type UpgradeTools, upgradeImage } from './upgrade.js';
