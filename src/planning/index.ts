export { checkPlan, type PlanNote } from './check.js';
export * from './image-retention.js';
export type { PlanningInput } from './input.js';
export { mergeableRuns, noData, snapshotsOf } from './layers.js';
export { type PlanResult, planPass } from './plan.js';
export { planReset } from './reset.js';
export * from './resolve.js';
export { planSnapshot } from './snapshot.js';
