export * from './accept.js';
export { endOrphanedGit } from './children.js';
export { createMirror } from './mirror.js';
export type { MirrorOptions } from './mirror-upkeep.js';
export * from './ports.js';
export { isBranchName } from './remote.js';
