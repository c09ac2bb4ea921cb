export { withFaults } from './faults.js';
export type * from './ports.js';
