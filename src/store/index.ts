export { readBlob } from './blobs.js';
export { acquireLock, type Lock, type LockHolder, lockHolder } from './lock.js';
export type * from './ports.js';
export { openStore, readStore } from './store.js';
