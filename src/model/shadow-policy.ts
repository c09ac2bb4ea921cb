/** What is done about a shadow: the defaults of its class, and what the definition says otherwise. Pure; docs/adr/0021. */
import { matchesGlob } from '../lib/index.js';
import { RackError } from './errors.js';
import type {
  ShadowAction,
  ShadowClass,
  ShadowFacts,
  ShadowFinding,
  ShadowLevel,
  ShadowPolicy,
  ShadowReport,
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

/** How one shadow is judged; the path as `ShadowFinding` has it. */
export function judge(
  found: Exclude<ShadowClass, 'state'>,
  path: string,
  facts: ShadowFacts,
  policy: ShadowPolicy,
): Pick<ShadowFinding, 'level' | 'action' | 'rule'> {
  const index = policy.rules.findIndex((rule) => matchesGlob(path, rule.path));
  const rule = index === -1 ? null : index;
  const wanted: ShadowAction = rule === null ? policy.default : (policy.rules[rule]?.policy ?? 'keep');
  const usual = defaultLevel(found, path, facts);
  if (wanted === 'drop' && canDrop(found, facts)) return { level: 'info', action: 'drop', rule };
  if (wanted === 'fail' && usual === 'warn') return { level: 'block', action: 'keep', rule };
  // Somebody looked at this place and said so.
  if (wanted === 'keep' && rule !== null && usual === 'block') return { level: 'warn', action: 'keep', rule };
  return { level: usual, action: 'keep', rule };
}

/** A directory that only has another owner or mode than the image's is full of what the service wrote; what hides nothing shows nothing when it goes. */
function canDrop(found: ShadowClass, { upper, next }: ShadowFacts): boolean {
  if (found === 'unsupported' || next === null) return false;
  return upper !== 'directory' || found === 'hidden-subtree' || next !== 'directory';
}

/** Whether a definition has anything dropped, or wants a rollout to fail, for more than the defaults do. */
export function asksFor(policy: ShadowPolicy, action: ShadowAction): boolean {
  return policy.default === action || policy.rules.some((rule) => rule.policy === action);
}

/** One line for people: what is not seen of the new image; null when all is. */
export function shadowSummary(rack: string, report: ShadowReport): string | null {
  const { warn, block } = report.levels;
  const parts = [
    ...(warn + block > 0
      ? [`${warn + block} file(s) of the writable layer hide what the new image brings`]
      : []),
    ...(report.drops.length > 0 ? [`${report.drops.length} are dropped at the swap`] : []),
    ...(report.complete ? [] : [`not all was looked at (${report.why})`]),
  ];
  return parts.length === 0 ? null : `${parts.join(', ')}; see: rackops shadow ${rack}`;
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
  if (report.complete || !(asksFor(policy, 'fail') || asksFor(policy, 'drop'))) return null;
  return new RackError(
    'E_SHADOW_INCOMPLETE',
    `cannot roll "${rack}" out: not all of its writable layer could be compared with the new image (${report.why}), and rollout.shadow asks for it`,
    { rack, hint: `see: rackops shadow ${rack}; or let rollout.shadow only keep` },
  );
}
