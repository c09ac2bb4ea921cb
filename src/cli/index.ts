export { buildCli, runCli } from './cli.js';
export { printNote } from './output.js';
export type { LockInfo, Machine, Program } from './program.js';
