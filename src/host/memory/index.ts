export { Crash, type CrashMoment } from './faults.js';
export { createMemoryHost, type MemoryHostOptions } from './memory-host.js';
export type { Behaviour } from './state.js';
export type { World } from './world.js';
export type { WorldSnapshot } from './world-snapshot.js';
