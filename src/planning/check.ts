/**
 * The plan checker: looks at a finished plan as a stranger and notes what must never be, whatever the planner thought.
 * Run before every apply and in every golden test. Knows the rules, not the reasons of this plan.
 */
import {
  isUnreadable,
  layersOf,
  listenAddresses,
  listenConflict,
  type Plan,
  type RackPlan,
  type Step,
  type StepKind,
  type StepOf,
} from '../model/index.js';
import type { PlanningInput } from './input.js';

export interface PlanNote {
  readonly level: 'fatal' | 'warning';
  readonly rack: string | null;
  readonly message: string;
}

/** Empty for a sound plan. A plan with a fatal note is not applied: it is a bug of ours. */
export function checkPlan(plan: Plan, input: PlanningInput): readonly PlanNote[] {
  const fatal = (rack: string | null, message: string): PlanNote => ({ level: 'fatal', rack, message });
  const notes: PlanNote[] = [];
  const names = new Set<string>();
  const records = new Map(input.records.map((record) => [record.rack, record]));
  const journals = new Set(input.journals.map((journal) => journal.rack));

  for (const rack of plan.racks) {
    const say = (message: string): void => {
      notes.push(fatal(rack.rack, message));
    };
    if (names.has(rack.rack)) say('is planned twice');
    names.add(rack.rack);
    for (const list of [rack.steps, rack.undo, rack.rollback]) {
      if (list.some((step) => step.rack !== rack.rack)) say('has a step that works on another rack');
      for (const message of [...orderNotes(list), ...layerNotes(list)]) say(message);
    }
    const unreadable = input.data.some((data) => data.rack === rack.rack && isUnreadable(data));
    const all = [rack.steps, rack.undo, rack.rollback].flat();
    if (unreadable && all.some(({ kind }) => kind === 'sealLayer' || kind === 'releaseLayers'))
      say('seals or releases layers that nobody could read');
    const suspended = input.hostSuspended || records.get(rack.rack)?.suspended != null;
    if (suspended && !journals.has(rack.rack) && rack.steps.some((step) => step.kind !== 'closeSockets')) {
      say('is suspended and would be changed');
    }
    if (rack.action === 'remove') {
      if (!records.get(rack.rack)?.committed) say('is not in the inventory and would be removed');
      if (plan.heldRemovals.includes(rack.rack)) say('is held and would be removed');
    } else if (rack.steps.some((step) => step.kind === 'forget' || step.kind === 'beginRemoval')) {
      say('would be removed by a plan that is no removal');
    }
    for (const message of rolloutNotes(rack)) say(message);
    for (const other of [...rack.needs, ...rack.after]) {
      if (!plan.racks.some((candidate) => candidate.rack === other))
        say(`waits for "${other}", which is not planned`);
    }
  }
  notes.push(...addressNotes(plan, input), ...cycleNotes(plan));
  return notes;
}

/** What must come before what, if both are there. */
const before: readonly (readonly [StepKind, StepKind])[] = [
  ['begin', 'fetchImage'],
  ['fetchImage', 'mountImage'],
  ['mountImage', 'prepareTree'],
  ['prepareTree', 'touch'],
  ['checkInputs', 'touch'],
  ['prepareTree', 'writeBundles'],
  ['mountImage', 'reportShadow'],
  ['reportShadow', 'rehearse'],
  ['reportShadow', 'touch'],
  ['reportShadow', 'prepareAside'],
  ['prepareAside', 'touch'],
  ['unmountTree', 'setAside'],
  ['setAside', 'mountTree'],
  ['unmountTree', 'putBack'],
  ['putBack', 'mountTree'],
  ['writeBundles', 'touch'],
  ['openSockets', 'touch'],
  ['prepareTree', 'rehearse'],
  ['checkInputs', 'rehearse'],
  ['rehearse', 'touch'],
  ['rehearse', 'stopServices'],
  ['touch', 'stopServices'],
  ['stopServices', 'unmountTree'],
  ['unmountTree', 'mountTree'],
  ['unmountTree', 'sealLayer'],
  ['sealLayer', 'mountTree'],
  ['mountTree', 'releaseLayers'],
  ['mountImage', 'mountTree'],
  ['unmountTree', 'releaseTree'],
  ['releaseTree', 'releaseImage'],
  ['mountTree', 'startServices'],
  ['startServices', 'verify'],
  ['verify', 'commit'],
  ['beginRemoval', 'stopServices'],
  ['unmountTree', 'forget'],
];

function orderNotes(steps: readonly Step[]): string[] {
  const first = (kind: StepKind): number => steps.findIndex((step) => step.kind === kind);
  const notes = before
    .filter(([a, b]) => first(a) !== -1 && first(b) !== -1 && first(a) > first(b))
    .map(([a, b]) => `does ${b} before ${a}`);
  if (first('unmountTree') !== -1 && first('stopServices') === -1)
    notes.push('unmounts without stopping services');
  const seal = steps.find((step) => step.kind === 'sealLayer');
  const begin = steps.find((step) => step.kind === 'begin');
  if (seal !== undefined && begin?.kind === 'begin' && !mayBeSealed(begin))
    notes.push('seals a layer that the definition wants kept');
  if (first('sealLayer') !== -1 && (first('unmountTree') === -1 || first('mountTree') === -1))
    notes.push('seals a layer without unmounting and mounting');
  if (first('setAside') !== -1 && (first('unmountTree') === -1 || first('sealLayer') !== -1))
    notes.push('takes something out of a layer that is mounted, or sealed');
  const mount = first('mountTree');
  if (mount !== -1 && first('unmountTree') === -1)
    notes.push('mounts a tree without making sure that no other is mounted');
  return notes;
}

/** `data: restore`, or the same definition again: then a person asked for a snapshot. */
function mayBeSealed({ from, to }: StepOf<'begin'>): boolean {
  return to.desired.rollout.data === 'restore' || from?.desired.digest === to.desired.digest;
}

/** No layer that the tree needs may go, before or after the commit. */
function layerNotes(steps: readonly Step[]): string[] {
  const needed = new Set(steps.flatMap((step) => (step.kind === 'mountTree' ? layersOf(step.tree) : [])));
  return steps.some(
    (step) => step.kind === 'releaseLayers' && [...needed].some((name) => !step.keep.includes(name)),
  )
    ? ['releases a layer of the tree that it mounts']
    : [];
}

function rolloutNotes(rack: RackPlan): string[] {
  const notes: string[] = [];
  const rollout = rack.action === 'install' || rack.action === 'swap' || rack.action === 'continue';
  const has = (kind: StepKind): boolean => rack.steps.some((step) => step.kind === kind);
  if (rollout && !(has('begin') && has('touch') && has('verify') && has('commit') && has('closeJournal'))) {
    notes.push('has a rollout without journal, verification or commit');
  }
  if (rollout && (rack.undo.length === 0 || rack.rollback.length === 0))
    notes.push('has a rollout without a way back');
  if (!rollout && rack.action !== 'adopt' && has('commit')) notes.push('commits without a rollout');
  if (rack.action !== 'swap' && has('rehearse')) notes.push('rehearses where no version runs, or is touched');
  if ([...rack.undo, ...rack.rollback].some((step) => step.kind === 'rehearse'))
    notes.push('rehearses on the way back');
  return notes;
}

/** No two racks may hold overlapping addresses when all is done. */
function addressNotes(plan: Plan, input: PlanningInput): PlanNote[] {
  const opened = plan.racks.flatMap((rack) =>
    rack.action === 'install' || rack.action === 'swap'
      ? rack.steps.flatMap((step) =>
          step.kind === 'begin'
            ? listenAddresses(step.to.desired).map((listen) => ({ rack: rack.rack, listen }))
            : [],
        )
      : [],
  );
  const moving = new Map(plan.racks.map((rack) => [rack.rack, rack.action]));
  const kept = input.records
    .filter((record) => !['install', 'swap', 'adopt', 'remove'].includes(moving.get(record.rack) ?? ''))
    .flatMap((record) =>
      record.committed
        ? listenAddresses(record.committed.desired).map((listen) => ({ rack: record.rack, listen }))
        : [],
    );
  return opened.flatMap((mine) =>
    [...opened, ...kept]
      .filter((other) => other.rack !== mine.rack && listenConflict(mine.listen, other.listen))
      .map((other) => ({
        level: 'fatal' as const,
        rack: mine.rack,
        message: `opens ${mine.listen.address}, which "${other.rack}" holds`,
      })),
  );
}

function cycleNotes(plan: Plan): PlanNote[] {
  const waits = new Map(plan.racks.map((rack) => [rack.rack, [...rack.needs, ...rack.after]]));
  const done = new Set<string>();
  const open = new Set<string>();
  const notes: PlanNote[] = [];
  const visit = (rack: string): void => {
    if (done.has(rack)) return;
    if (open.has(rack)) {
      notes.push({ level: 'fatal', rack, message: 'waits for itself through other racks' });
      return;
    }
    open.add(rack);
    for (const next of waits.get(rack) ?? []) visit(next);
    open.delete(rack);
    done.add(rack);
  };
  for (const rack of waits.keys()) visit(rack);
  return notes;
}
