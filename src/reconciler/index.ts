export { type DesiredMemory, DesiredReader } from './desired.js';
export type { CheckedImage, CheckScope } from './image-check.js';
export { checkAndRemember } from './image-check-record.js';
export { planImages, pruneImages, type Retention } from './image-prune.js';
export { dataOf, observe, observeData } from './observe.js';
export { type Operation, runOperation } from './operations.js';
export {
  type PassRequest,
  type PlanDeps,
  planOnly,
  type ReconcilerDeps,
  reconcileOnce,
} from './reconcile.js';
export { type MergeRequest, type ResetRequest, type ResettableDeps, resettable } from './reset.js';
export { isRemoteDown } from './revision.js';
export { type ShadowDeps, shadowMerge, shadowReport } from './shadows.js';
export { mergeSealedLayers } from './snapshots.js';
export { readStatus, type StatusDeps } from './status.js';
