export { type ConditionInput, conditionOf } from './condition.js';
export { exitCodeOf, resultOf } from './exit-code.js';
export { problemReport, type StatusInput, statusReport } from './status.js';
