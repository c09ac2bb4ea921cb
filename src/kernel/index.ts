export * from './cgroups.js';
export * from './files.js';
export { isKernelError, KernelError } from './libc.js';
export * from './listener.js';
export * from './loop.js';
export * from './mount.js';
export * from './network-namespaces.js';
export * from './processes.js';
export * from './sockets.js';
