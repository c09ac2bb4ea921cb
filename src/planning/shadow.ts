/**
 * When a rollout looks at what the writable layers hide of the new image, and when something leaves them. Whether what is found is in the way is in model/shadow-policy.ts, because it is known only while the
 * rollout prepares; docs/adr/0021. Pure.
 */
import {
  asksFor,
  changesLayer,
  isReplaced,
  keepShadows,
  type RolloutJournal,
  type ShadowDrop,
  type Step,
} from '../model/index.js';
import { seals } from './layers.js';
import { treeSpec } from './tree.js';

interface ShadowedRollout extends Pick<RolloutJournal, 'rack' | 'from' | 'to'> {
  readonly drops: readonly ShadowDrop[];
  readonly resume: { readonly rolloutId: string } | null;
}

/** Another image under the same layers. One that a crash interrupted was looked at before it touched anything. */
export function shadowSteps({ rack, from, to, resume }: ShadowedRollout): readonly Step[] {
  if (from === null || resume !== null || !changesImage({ from, to })) return [];
  const { layer, sealed } = from.tree;
  return [
    {
      kind: 'reportShadow',
      rack,
      from: { image: from.desired.image, stack: { layer, sealed } },
      tree: treeSpec(to.desired, to.tree),
      policy: to.desired.rollout.shadow ?? keepShadows,
    },
  ];
}

/** Before the stop, where a file takes the place of one that is set aside, or may: so its content is copied, and the space for it found, while the old version runs. */
export function replacingSteps(rollout: ShadowedRollout): readonly Step[] {
  if (rollout.from === null || rollout.resume !== null || !mayReplace(rollout)) return [];
  const { rack, from, to } = rollout;
  const images = { running: from.desired.image, next: to.desired.image };
  return [{ kind: 'prepareAside', rack, stack: stackOf(to.tree), ...images }];
}

/** The way back of that one, where nothing was touched yet. */
export function replacedSteps(rollout: ShadowedRollout): readonly Step[] {
  const { rack, resume } = rollout;
  return mayReplace(rollout) ? [{ kind: 'discardAside', rack, rolloutId: resume?.rolloutId ?? null }] : [];
}

/** Between unmount and mount, where something leaves the layer that is written to, or may. */
export function asideSteps(rollout: ShadowedRollout): readonly Step[] {
  return mayDrop(rollout) ? [{ kind: 'setAside', rack: rollout.rack, stack: stackOf(rollout.to.tree) }] : [];
}

/** On the way back, before the old version's tree is mounted. */
export function backSteps(rollout: ShadowedRollout): readonly Step[] {
  return mayDrop(rollout) ? [{ kind: 'putBack', rack: rollout.rack, stack: stackOf(rollout.to.tree) }] : [];
}

/** What is sealed is never written to again; a definition cannot ask for both. */
function mayDrop({ from, to, drops }: ShadowedRollout): boolean {
  if (from === null || seals({ from, to })) return false;
  const asked = changesLayer(to.desired.rollout.shadow ?? keepShadows);
  return drops.length > 0 || (asked && changesImage({ from, to }));
}

function mayReplace(rollout: ShadowedRollout): boolean {
  const { to, drops } = rollout;
  if (!mayDrop(rollout)) return false;
  const asked = asksFor(to.desired.rollout.shadow ?? keepShadows, 'refresh');
  return drops.some(isReplaced) || (asked && changesImage(rollout));
}

function changesImage({ from, to }: Pick<ShadowedRollout, 'from' | 'to'>): boolean {
  return from !== null && from.desired.image.sha256 !== to.desired.image.sha256;
}

function stackOf({ layer, sealed }: { readonly layer: number; readonly sealed: readonly string[] }) {
  return { layer, sealed };
}
