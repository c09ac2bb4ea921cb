/** Generated from schema/ by scripts/generate-types.ts: do not edit. */
export type { Host } from './host.js';
export { hostSchema } from './host-schema.js';
export type * from './rack.js';
export { rackSchema } from './rack-schema.js';
