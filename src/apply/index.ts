export { emptyRecord } from './conclude.js';
export { Errands } from './errands.js';
export { applyPlan } from './executor.js';
export { messageOf, reasonOf } from './failure.js';
export type { ApplyDeps } from './lane.js';
