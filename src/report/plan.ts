/** A plan for people and for programs. Marks as in design and Terraform: + create, ~ in place, - remove, -/+ replace (old first), = keep. Pure. */
import { assertNever, formatBytes, formatDurationMs } from '../lib/index.js';
import type { Explanation, Plan, RackAction, RackPlan, Step, StopSpec } from '../model/index.js';
import { type Colour, paint, type Style } from './terminal.js';

const marks: { readonly [K in RackAction]: { readonly mark: string; readonly colour: Colour } } = {
  install: { mark: '+', colour: 'green' },
  swap: { mark: '-/+', colour: 'yellow' },
  adopt: { mark: '~', colour: 'yellow' },
  heal: { mark: '~', colour: 'cyan' },
  continue: { mark: '-/+', colour: 'yellow' },
  rollback: { mark: '-/+', colour: 'red' },
  remove: { mark: '-', colour: 'red' },
  sweep: { mark: '~', colour: 'grey' },
  keep: { mark: '=', colour: 'grey' },
};

/** Several lines, no trailing newline. `all` also shows what is kept. */
export function planText(plan: Plan, style: Style, all = false): string {
  const moved = plan.racks.filter((rack) => rack.steps.length > 0);
  const waiting = new Set(
    plan.explanation.filter((item) => item.code !== 'DataRetained').map((item) => item.rack),
  );
  const kept = plan.racks.filter((rack) => rack.steps.length === 0);
  const held = kept.filter((rack) => waiting.has(rack.rack)).length;
  const lines: string[] = [];
  for (const rack of all ? plan.racks : moved) {
    const isHeld = rack.steps.length === 0 && waiting.has(rack.rack);
    lines.push(...rackLines(isHeld ? { ...rack, reason: 'left as it is, see below' } : rack, style));
  }
  if (plan.explanation.length > 0) {
    if (lines.length > 0) lines.push('');
    for (const item of plan.explanation) lines.push(explanationLine(item, style));
  }
  if (lines.length > 0) lines.push('');
  lines.push(summaryLine(moved, kept.length - held, held));
  return lines.join('\n');
}

function rackLines(rack: RackPlan, style: Style): string[] {
  const { mark, colour } = marks[rack.action];
  const images = imageChange(rack);
  const head = `${paint(style, colour, mark.padStart(3))} ${paint(style, 'bold', rack.rack)}${images === '' ? '' : `  ${images}`}  (${rack.reason})`;
  const waits = [
    ...rack.needs.map((name) => `      after "${name}" is ready`),
    ...rack.after.map((name) => `      after "${name}"`),
  ];
  return [head, ...waits, ...rack.steps.map((step) => `      ${stepText(step)}`)];
}

function imageChange(rack: RackPlan): string {
  const { fromImage, toImage, action } = rack;
  if (action === 'remove') return fromImage?.file ?? '';
  if (fromImage === null) return toImage?.file ?? '';
  if (toImage === null || toImage.sha256 === fromImage.sha256) return fromImage.file;
  return `${fromImage.file} -> ${toImage.file}`;
}

/** One step in a few words; never a secret, because steps hold only references to them. */
export function stepText(step: Step): string {
  switch (step.kind) {
    case 'begin':
      return step.resume === null ? 'write the journal' : `go on with rollout ${step.resume.rolloutId}`;
    case 'fetchImage':
      return `verify ${step.image.file} (sha256 ${step.image.sha256.slice(0, 12)})`;
    case 'mountImage':
      return `mount ${step.image.file} read-only`;
    case 'prepareTree':
      return step.seals
        ? 'see what sealing the writable layer costs'
        : `prepare writable layer ${step.tree.layer}`;
    case 'reportShadow':
      return `see what the writable layer hides of ${step.tree.image.file}`;
    case 'checkInputs':
      return 'check secrets and mount sources';
    case 'writeBundles':
      return 'write the bundles, check secrets and mount sources';
    case 'rehearse': {
      const { bakeMs, timeoutMs } = step.candidate.desired.rollout;
      const data =
        step.quiesce === null
          ? 'a view of the writable layer'
          : `a copy of the writable layer, made while ${step.quiesce.service} is frozen`;
      return `rehearse on ${data}: probe, then bake for ${formatDurationMs(bakeMs)} (within ${formatDurationMs(timeoutMs)})`;
    }
    case 'discardRehearsal':
      return step.thaw === null
        ? 'discard what is left of a rehearsal'
        : `thaw ${step.thaw.service}, discard what is left of a rehearsal`;
    case 'openSockets':
      return step.listen.length === 0
        ? 'hold no socket'
        : `hold ${step.listen.map((l) => l.address).join(', ')}`;
    case 'touch':
      return 'sync the writable layer';
    case 'stopServices':
      return stopText(step.services);
    case 'unmountTree':
      return 'unmount the tree, prove it gone';
    case 'sealLayer':
      return `seal the layer below, layer ${step.stack.layer} on top`;
    case 'setAside':
      return "set aside what is to be the image's again";
    case 'prepareAside':
      return 'make what takes the place of files that are set aside';
    case 'discardAside':
      return 'discard what was made to take the place of files';
    case 'putBack':
      return 'put back what was set aside';
    case 'mountTree':
      return `mount the tree, generation ${step.tree.generation}`;
    case 'startServices':
      return `start ${step.desired.services.map(serviceText).join(', ')}`;
    case 'verify':
      return `probe, then bake for ${formatDurationMs(step.bakeMs)} (within ${formatDurationMs(step.timeoutMs)})`;
    case 'commit':
      return `commit generation ${step.committed.generation}`;
    case 'closeSockets':
      return step.keep.length === 0
        ? 'close its sockets'
        : `keep only ${step.keep.map((l) => l.address).join(', ')}`;
    case 'releaseTree':
      return `release generation ${step.generation}`;
    case 'releaseLayers':
      return `keep layers ${step.keep.join(', ')}`;
    case 'releaseImage':
      return `unmount image ${step.sha256.slice(0, 12)} unless used`;
    case 'closeJournal':
      return 'close the journal';
    case 'settle':
      return 'remember the failure';
    case 'hold':
      return 'keep the failed version for a look';
    case 'beginRemoval':
      return 'note the removal';
    case 'forget':
      return 'forget the rack, keep its writable directory';
    default:
      return assertNever(step, 'step');
  }
}

function stopText(services: readonly StopSpec[]): string {
  if (services.length === 0) return 'make sure that nothing of it runs';
  return `stop ${services.map((s) => `${s.service} (${s.signal}, ${formatDurationMs(s.timeoutMs)})`).join(', ')}`;
}

function serviceText(service: {
  readonly name: string;
  readonly resources: { readonly memoryBytes: number | null };
}): string {
  const memory = service.resources.memoryBytes;
  return memory === null ? service.name : `${service.name} (at most ${formatBytes(memory)})`;
}

function explanationLine(item: Explanation, style: Style): string {
  const colour: Colour = item.code === 'DataRetained' || item.code === 'Unchanged' ? 'grey' : 'yellow';
  return `  ${paint(style, colour, '!')} ${item.rack === null ? '' : `${item.rack}: `}${item.message} [${item.code}]`;
}

function summaryLine(moved: readonly RackPlan[], asDesired: number, held: number): string {
  const count = (...actions: readonly RackAction[]): number =>
    moved.filter((rack) => actions.includes(rack.action)).length;
  const parts = [
    [count('install'), 'to install'],
    [count('swap', 'continue'), 'to swap'],
    [count('adopt'), 'to take over without a stop'],
    [count('heal'), 'to heal'],
    [count('rollback'), 'to roll back'],
    [count('remove'), 'to remove'],
    [count('sweep'), 'to clear up'],
    [held, 'held'],
    [asDesired, 'as desired'],
  ] as const;
  const list = parts.flatMap(([n, what]) => (n === 0 ? [] : [`${n} ${what}`])).join(', ');
  if (moved.length > 0) return list;
  return list === '' ? 'nothing to do' : `nothing to do: ${list}`;
}

/** `plan --json`: steps flat and in order, each with its rack and kind. */
export function planJson(plan: Plan): object {
  return {
    apiVersion: 'rackops/v1',
    revision: plan.revision,
    racks: plan.racks.map(({ rack, action, reason, fromImage, toImage, needs, after }) => ({
      name: rack,
      action,
      reason,
      fromImage,
      toImage,
      needs,
      after,
    })),
    steps: plan.racks.flatMap((rack) => rack.steps),
    explanation: plan.explanation,
    heldRemovals: plan.heldRemovals,
  };
}
