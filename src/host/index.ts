export { withFaults } from './faults.js';
export type * from './image-packing.js';
export type * from './ports.js';
