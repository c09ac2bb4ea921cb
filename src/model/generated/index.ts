/** Generated from schema/ by scripts/generate-types.ts: do not edit. */
export type { Host } from './host.js';
export type { Image } from './image.js';
export type * from './rack.js';
