export { withFaults } from './faults.js';
export type * from './image-building.js';
export type * from './image-packing.js';
export type * from './image-ports.js';
export type * from './image-tools.js';
export type * from './image-workspace.js';
export type * from './oci-images.js';
export type * from './ports.js';
export type * from './root-commands.js';
