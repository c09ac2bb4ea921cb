export { buildCli, runCli } from './cli.js';
export type { LockInfo, Machine, Program } from './program.js';
