export { type ConditionInput, conditionOf } from './condition.js';
export { exitCodeOf, resultOf } from './exit-code.js';
export { planJson, planText, stepText } from './plan.js';
export { problemReport, type StatusInput, statusReport } from './status.js';
export { statusText } from './status-text.js';
export { type Colour, paint, plain, type Style, table } from './terminal.js';
export { historyText, whyText } from './why-text.js';
