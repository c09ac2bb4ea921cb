export { type ConditionInput, conditionOf } from './condition.js';
export { type DoctorFinding, doctorText } from './doctor.js';
export { exitCodeOf, resultOf } from './exit-code.js';
export { imageChangeText, imageSnippet } from './image-change.js';
export {
  type CheckLine,
  checkText,
  type ImageLine,
  imagesText,
  prunedText,
} from './images.js';
export { passText } from './pass.js';
export { planJson, planText, stepText } from './plan.js';
export { problemsGithub, problemsJson, problemsSarif, problemsText } from './problems.js';
export { progressLine } from './progress.js';
export { shadowText } from './shadows.js';
export { snapshotsText } from './snapshots.js';
export { type StarterInput, starterDefinition } from './starter-definition.js';
export { problemReport, type StatusInput, statusReport } from './status.js';
export { statusText } from './status-text.js';
export { type Colour, paint, plain, type Style, table } from './terminal.js';
export { historyText, whyText } from './why-text.js';
