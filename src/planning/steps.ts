/**
 * The fixed orders of steps (the rollout table of docs/architecture.md). Pure list building: whether a list is needed is decided elsewhere.
 * Take away before adding; nothing of the running version is touched before `touch`; `commit` is the only point of no return.
 */
import {
  type CommittedRack,
  type DependentCheck,
  type DesiredRack,
  isSameSocket,
  type ListenAddress,
  listenAddresses,
  listenConflict,
  type ObservedData,
  type ObservedState,
  type Quiesce,
  type RehearsalSpec,
  type ShadowDrop,
  type Step,
  type TreeIdentity,
} from '../model/index.js';
import { purposeOf, releaseSealedOver, releaseSteps, sealSteps, seals } from './layers.js';
import { running, runsAs, stopOrder } from './running.js';
import { asideSteps, backSteps, replacedSteps, replacingSteps, shadowSteps } from './shadow.js';
import { treeSpec } from './tree.js';

/** A rollout to be planned: where from, where to. */
export interface Rollout {
  readonly rack: string;
  readonly from: CommittedRack | null;
  readonly to: { readonly desired: DesiredRack; readonly tree: TreeIdentity };
  readonly resume: { readonly rolloutId: string; readonly triesLeft: number } | null;
  readonly dependents: readonly DependentCheck[];
  readonly data: ObservedData;
  /** For a rack's data at the stop: ms since the epoch. */
  readonly now: number;
  /** `snapshot restore --discard`: what was there before is not set aside. */
  readonly discards: boolean;
  /** Known before the rollout begins: asked for by a person, or found by the pass that began it. */
  readonly drops: readonly ShadowDrop[];
  /** The new version is first tried on a view of the writable layer. */
  readonly rehearse: boolean;
}

/** Fetch, prepare, rehearse, touch, stop, unmount, mount, start, bake, commit, sweep. */
export function rolloutSteps(rollout: Rollout, observed: ObservedState): readonly Step[] {
  const { rack, from, to } = rollout;
  const tree = treeSpec(to.desired, to.tree);
  const wanted = listenAddresses(to.desired);
  // `0.0.0.0:80` cannot be opened while the rack's own `127.0.0.1:80` is held, nor `[::]:80` with another `v6Only`: such a one is exchanged while nothing runs.
  const old = from === null ? [] : listenAddresses(from.desired);
  const isKept = (listen: ListenAddress): boolean => old.some((o) => isSameSocket(o, listen));
  const inTheWay = wanted.filter((w) => !isKept(w) && old.some((o) => listenConflict(w, o)));
  const exchange: readonly Step[] =
    inTheWay.length === 0
      ? []
      : [
          {
            kind: 'closeSockets',
            rack,
            keep: old.filter((o) => !inTheWay.some((w) => listenConflict(w, o))),
          },
          { kind: 'openSockets', rack, listen: wanted },
        ];
  const isUp = runsAs(rack, to, observed);
  // With nothing running there is no gap to keep work out of.
  const isSwap = from !== null && !isUp;
  const replace: readonly Step[] = isUp
    ? []
    : [
        {
          kind: 'stopServices',
          rack,
          services: running(rack, stopOrder(rack, [from?.desired, to.desired], observed), observed),
          keepGeneration: null,
        },
        { kind: 'unmountTree', rack, keep: null },
        ...exchange,
        ...sealSteps(rollout),
        ...asideSteps(rollout),
        { kind: 'mountTree', rack, tree },
      ];
  return [
    {
      kind: 'begin',
      rack,
      from,
      to,
      discards: rollout.discards,
      drops: rollout.drops,
      resume: rollout.resume,
    },
    { kind: 'fetchImage', rack, image: to.desired.image, from: from?.desired.image ?? null },
    { kind: 'mountImage', rack, image: to.desired.image },
    ...(isUp ? [] : [{ kind: 'prepareTree', rack, tree, seals: seals(rollout) } as const]),
    ...shadowSteps(rollout),
    isSwap
      ? { kind: 'writeBundles', rack, desired: to.desired, tree }
      : { kind: 'checkInputs', rack, desired: to.desired },
    ...replacingSteps(rollout),
    ...rehearsalSteps(rollout),
    { kind: 'openSockets', rack, listen: wanted.filter((listen) => !inTheWay.includes(listen)) },
    { kind: 'touch', rack },
    ...replace,
    { kind: 'startServices', rack, generation: to.tree.generation, desired: to.desired, reuse: isSwap },
    {
      kind: 'verify',
      rack,
      services: to.desired.services,
      generation: to.tree.generation,
      bakeMs: to.desired.rollout.bakeMs,
      timeoutMs: to.desired.rollout.timeoutMs,
      dependents: rollout.dependents,
      advisory: false,
    },
    {
      kind: 'commit',
      rack,
      committed: committedBy(to),
      event: purposeOf(rollout).event,
    },
    ...sweepAfterCommit(rollout),
  ];
}

/** Before the sockets of new addresses are held: nobody should wait in the queue of one for as long as a rehearsal takes. */
function rehearsalSteps({ rack, from, to, rehearse }: Rollout): readonly Step[] {
  if (!rehearse || from === null) return [];
  const side = (desired: DesiredRack, tree: TreeIdentity): RehearsalSpec => ({
    desired,
    tree: treeSpec(desired, tree),
  });
  return [
    {
      kind: 'rehearse',
      rack,
      candidate: side(to.desired, to.tree),
      control: side(from.desired, from.tree),
      quiesce: from.desired.rollout.quiesce ?? null,
    },
  ];
}

/** What a committed rollout leaves to clear away; run again after a crash between commit and here. */
export function sweepAfterCommit(rollout: Rollout): readonly Step[] {
  const { rack, from, to } = rollout;
  return [
    { kind: 'closeSockets', rack, keep: listenAddresses(to.desired) },
    ...(from === null || from.tree.generation === to.tree.generation
      ? []
      : [{ kind: 'releaseTree', rack, generation: from.tree.generation } as const]),
    ...(from === null || from.desired.image.sha256 === to.desired.image.sha256
      ? []
      : [{ kind: 'releaseImage', rack, sha256: from.desired.image.sha256 } as const]),
    ...releaseSteps(rollout),
    { kind: 'closeJournal', rack },
  ];
}

/** A step failed before the running version was touched: what was made beside it goes, it runs on. */
export function undoSteps(rollout: Rollout): readonly Step[] {
  // What this agent froze it has thawed itself.
  return [
    ...discardRehearsal(rollout, null),
    ...replacedSteps(rollout),
    ...clearPrepared(rollout),
    settleStep(rollout),
  ];
}

/** The same after a crash before `touch`: nobody is to blame, so nothing is remembered. */
export function discardSteps(rollout: Rollout): readonly Step[] {
  return [
    ...discardRehearsal(rollout, rollout.from?.desired.rollout.quiesce ?? null),
    ...replacedSteps(rollout),
    ...clearPrepared(rollout),
    { kind: 'closeJournal', rack: rollout.rack },
  ];
}

/** Whether one was under way is not remembered: where there may have been one, it is looked for. */
function discardRehearsal({ rack, from, to }: Rollout, thaw: Quiesce | null): readonly Step[] {
  if (from === null || to.desired.rollout.rehearse === 'never') return [];
  return [{ kind: 'discardRehearsal', rack, thaw }];
}

function clearPrepared({ rack, from, to }: Rollout): readonly Step[] {
  return [
    { kind: 'closeSockets', rack, keep: from === null ? [] : listenAddresses(from.desired) },
    { kind: 'releaseTree', rack, generation: to.tree.generation },
    ...releaseNewImage({ rack, from, to }),
  ];
}

/** A step failed from `touch` on: the new version goes, the old one comes back, every part of it an ensure. */
export function rollbackSteps(rollout: Rollout, observed: ObservedState): readonly Step[] {
  const { rack, from, to } = rollout;
  const stop: Step = {
    kind: 'stopServices',
    rack,
    services: stopOrder(rack, [to.desired, from?.desired], observed),
    keepGeneration: from?.tree.generation ?? null,
  };
  if (from === null) {
    return [stop, { kind: 'unmountTree', rack, keep: null }, ...clearPrepared(rollout), settleStep(rollout)];
  }
  return [
    stop,
    { kind: 'unmountTree', rack, keep: from.tree },
    ...backSteps(rollout),
    { kind: 'mountImage', rack, image: from.desired.image },
    { kind: 'mountTree', rack, tree: treeSpec(from.desired, from.tree) },
    { kind: 'closeSockets', rack, keep: listenAddresses(from.desired) },
    { kind: 'openSockets', rack, listen: listenAddresses(from.desired) },
    { kind: 'startServices', rack, generation: from.tree.generation, desired: from.desired, reuse: true },
    {
      kind: 'verify',
      rack,
      services: from.desired.services,
      generation: from.tree.generation,
      bakeMs: 0,
      timeoutMs: from.desired.rollout.timeoutMs,
      dependents: [],
      advisory: true,
    },
    ...releaseSealedOver(rollout),
    ...clearPrepared(rollout),
    settleStep(rollout),
  ];
}

/** `onFailure: hold`: the failed version stays for a person to look at. */
export function holdSteps(rollout: Rollout): readonly Step[] {
  const { rack, to } = rollout;
  return [{ kind: 'hold', rack, committed: committedBy(to) }, ...sweepAfterCommit(rollout)];
}

/** The way on when a step fails from `touch` on, as `rollout.onFailure` says. */
export function failureSteps(rollout: Rollout, observed: ObservedState): readonly Step[] {
  return holds(rollout) ? holdSteps(rollout) : rollbackSteps(rollout, observed);
}

/** A person asked to look at the failed version. */
export function holds(rollout: Rollout): boolean {
  return rollout.to.desired.rollout.onFailure === 'hold' && purposeOf(rollout).isVersion;
}

/** Out of the host: services, tree, image; the writable directory stays. */
export function removalSteps(
  committed: CommittedRack,
  revision: string,
  observed: ObservedState,
): readonly Step[] {
  const rack = committed.desired.name;
  return [
    { kind: 'beginRemoval', rack, revision },
    {
      kind: 'stopServices',
      rack,
      services: stopOrder(rack, [committed.desired], observed),
      keepGeneration: null,
    },
    { kind: 'closeSockets', rack, keep: [] },
    { kind: 'unmountTree', rack, keep: null },
    { kind: 'releaseTree', rack, generation: committed.tree.generation },
    { kind: 'releaseImage', rack, sha256: committed.desired.image.sha256 },
    { kind: 'forget', rack, revision },
  ];
}

function releaseNewImage({ rack, from, to }: Pick<Rollout, 'rack' | 'from' | 'to'>): readonly Step[] {
  if (from?.desired.image.sha256 === to.desired.image.sha256) return [];
  return [{ kind: 'releaseImage', rack, sha256: to.desired.image.sha256 }];
}

function settleStep({ rack, from, to }: Rollout): Step {
  return {
    kind: 'settle',
    rack,
    to: { desired: to.desired, generation: to.tree.generation },
    restored: from,
    blames: purposeOf({ from, to }).isVersion,
  };
}

function committedBy(to: Rollout['to']): Omit<CommittedRack, 'since'> {
  return {
    desired: to.desired,
    generation: to.tree.generation,
    tree: to.tree,
  };
}
