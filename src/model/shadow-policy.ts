/** What is done about a shadow: the defaults of its class, and what the definition says otherwise. Pure; docs/adr/0021. */
import { matchesGlob } from '../lib/index.js';
import { RackError } from './errors.js';
import {
  isReplaced,
  type ShadowAction,
  type ShadowClass,
  type ShadowDrop,
  type ShadowFacts,
  type ShadowFinding,
  type ShadowLevel,
  type ShadowPolicy,
  type ShadowReport,
} from './shadow.js';

const levels: Readonly<Record<Exclude<ShadowClass, 'state'>, ShadowLevel>> = {
  redundant: 'info',
  'stale-copy-up': 'warn',
  'local-edit': 'info',
  conflict: 'warn',
  collision: 'warn',
  'hidden-update': 'warn',
  'hidden-subtree': 'warn',
  'type-mismatch': 'block',
  unsupported: 'block',
};

const programs = /^(?:\/usr(?:\/local)?|\/opt(?:\/[^/]+)*)?\/(?:bin|sbin|lib|lib32|lib64|libx32|libexec)\//;
/** Python looks whether it fits the program before it uses it, and writes it itself. */
const checkedCache = /\/__pycache__\/[^/]+\.pyc$/;

/** True for a place of programs and libraries: a correction of the new image that is hidden there does not take effect. */
export function isProgramPath(path: string): boolean {
  return programs.test(path) && !checkedCache.test(path);
}

/** What a class comes to without any rule. An edited program that the new image has another version of is an error. */
function defaultLevel(found: Exclude<ShadowClass, 'state'>, path: string, facts: ShadowFacts): ShadowLevel {
  const isProgram = facts.next === 'file' || facts.next === 'link';
  if (found === 'conflict' && isProgram && isProgramPath(path)) return 'block';
  return levels[found];
}

/** What the definition says of a path as `ShadowFinding` has it, and by which rule; null: by its default. */
export function wantedAt(
  policy: ShadowPolicy,
  path: string,
): { readonly rule: number | null; readonly wanted: ShadowAction } {
  const rule = policy.rules.findIndex((candidate) => matchesGlob(path, candidate.path));
  const found = policy.rules[rule];
  return found === undefined ? { rule: null, wanted: policy.default } : { rule, wanted: found.policy };
}

/** How one shadow is judged; the path as `ShadowFinding` has it. */
export function judge(
  found: Exclude<ShadowClass, 'state'>,
  path: string,
  facts: ShadowFacts,
  policy: ShadowPolicy,
): Pick<ShadowFinding, 'level' | 'action' | 'rule'> {
  const { rule, wanted } = wantedAt(policy, path);
  const usual = defaultLevel(found, path, facts);
  if (wanted === 'drop' && canDrop(found, facts)) return { level: 'info', action: 'drop', rule };
  const refreshed = wanted === 'refresh' && found === 'stale-copy-up' ? refreshOf(facts) : 'keep';
  if (refreshed !== 'keep') return { level: 'info', action: refreshed, rule };
  if (wanted === 'fail' && usual === 'warn') return { level: 'block', action: 'keep', rule };
  // Somebody looked at this place and said so.
  if (wanted === 'keep' && rule !== null && usual === 'block') return { level: 'warn', action: 'keep', rule };
  return { level: usual, action: 'keep', rule };
}

/** A directory that only has another owner or mode than the image's is full of what the service wrote; what hides nothing shows nothing when it goes. */
function canDrop(found: ShadowClass, facts: ShadowFacts): boolean {
  const { upper, next } = facts;
  if (found === 'unsupported' || next === null || whyStays(facts) !== '') return false;
  return upper !== 'directory' || found === 'hidden-subtree' || next !== 'directory';
}

/** Why an entry cannot leave, or why the image's would not be seen then; empty when nothing is in the way. Whether a directory on the way is opened is known only when all was looked at. */
export function whyStays({ leave: { written, sealed, covers } }: ShadowFacts): string {
  if (!written || sealed) return 'a sealed layer has it';
  const closed = covers.find(({ opens }) => !opens);
  return closed === undefined ? '' : shownNothing(closed.path);
}

/** For people: what is in that directory cannot leave so that the image's is seen. */
export function shownNothing(directory: string): string {
  return `${directory} shows nothing of the image`;
}

/** Of old content that was kept over a new one. Where nothing else was changed here, or only to what the new image has too, nothing is left to be kept. */
function refreshOf(facts: ShadowFacts): ShadowFinding['action'] {
  const { upper, next, upperRunning, upperNext } = facts;
  if (upperRunning?.looks === true || upperNext?.looks === true)
    return canDrop('stale-copy-up', facts) ? 'drop' : 'keep';
  return upper === 'file' && next === 'file' && facts.leave.written ? 'refresh' : 'keep';
}

/** Whether a definition names one of these for anything. */
export function asksFor(policy: ShadowPolicy, ...actions: readonly ShadowAction[]): boolean {
  return actions.includes(policy.default) || policy.rules.some((rule) => actions.includes(rule.policy));
}

/** Whether a definition has anything leave the writable layer at a swap. */
export function changesLayer(policy: ShadowPolicy): boolean {
  return asksFor(policy, 'drop', 'refresh');
}

/** Whether it depends on the look that a rollout is right: something is to be changed, or to keep it from beginning. */
export function reliesOnLook(policy: ShadowPolicy): boolean {
  return asksFor(policy, 'fail') || changesLayer(policy);
}

/** One line for people: what is not seen of the new image; null when all is. */
export function shadowSummary(rack: string, report: ShadowReport): string | null {
  const { warn, block } = report.levels;
  const parts = [
    ...(warn + block > 0
      ? [`${warn + block} file(s) of the writable layer hide what the new image brings`]
      : []),
    ...dropsText(report.drops),
    ...(report.complete ? [] : [`not all was looked at (${report.why})`]),
  ];
  return parts.length === 0 ? null : `${parts.join(', ')}; see: rackops shadow ${rack}`;
}

/** For people: how many are dropped, how many refreshed; empty for none. */
export function dropsText(drops: readonly ShadowDrop[]): readonly string[] {
  const refreshed = drops.filter(isReplaced).length;
  const dropped = drops.length - refreshed;
  return [
    ...(dropped > 0 ? [`${dropped} dropped at the swap`] : []),
    ...(refreshed > 0 ? [`${refreshed} refreshed at the swap`] : []),
  ];
}

/** Paths that are named in a message. */
const named = 5;

/** Why a rollout does not begin; null when it may. Codes: E_SHADOW, E_SHADOW_INCOMPLETE. */
export function shadowRefusal(rack: string, report: ShadowReport, policy: ShadowPolicy): RackError | null {
  const { block } = report.levels;
  if (block > 0) {
    const paths = report.findings
      .filter(({ level }) => level === 'block')
      .slice(0, named)
      .map(({ path, class: found, detail }) => `${path} (${found}${detail === '' ? '' : `: ${detail}`})`);
    const more = block > paths.length ? ` and ${block - paths.length} more` : '';
    return new RackError(
      'E_SHADOW',
      `cannot roll "${rack}" out: its writable layer hides what the new image brings: ${paths.join(', ')}${more}`,
      {
        rack,
        hint: `see: rackops shadow ${rack}; have the image's seen (rackops shadow reset ${rack} PATH), or allow it by a rule of rollout.shadow with policy keep`,
      },
    );
  }
  if (report.complete || !reliesOnLook(policy)) return null;
  return new RackError(
    'E_SHADOW_INCOMPLETE',
    `cannot roll "${rack}" out: not all of its writable layer could be compared with the new image (${report.why}), and rollout.shadow asks for it`,
    { rack, hint: `see: rackops shadow ${rack}; or let rollout.shadow only keep` },
  );
}
