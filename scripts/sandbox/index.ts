export { type Answer, freePort, httpGet, type Watched, Watcher } from './http.js';
export {
  cgroupDirectories,
  cgroupName,
  cgroupsLikeOurs,
  childrenOf,
  isAlive,
  loopsOf,
  mountsUnder,
  type ProcessFact,
  processesNaming,
  startTimeOf,
} from './kernel.js';
export { AgentProcess, mainProgram, type ProgramOptions, type ProgramResult } from './program.js';
export { type Changes, TestRepository } from './repository.js';
export { Sandbox, type SandboxOptions } from './sandbox.js';
export { removeDirectory, sweep } from './sweep.js';
