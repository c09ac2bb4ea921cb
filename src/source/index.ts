export * from './accept.js';
export { endOrphanedGit } from './children.js';
export { createMirror, type MirrorOptions } from './mirror.js';
export * from './ports.js';
export { isBranchName } from './remote.js';
