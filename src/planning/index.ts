export { checkPlan, type PlanNote } from './check.js';
export type { PlanningInput } from './input.js';
export { type PlanResult, planPass } from './plan.js';
export * from './resolve.js';
