/** The shadow report for people: what is in the way first, then what is hidden, then what is only said. Pure. */
import {
  dropsText,
  hidesNews,
  type ShadowClass,
  type ShadowFinding,
  type ShadowLevel,
  type ShadowReport,
  shadowClasses,
} from '../model/index.js';
import { type Colour, paint, type Style, table } from './terminal.js';

const words: Readonly<Record<ShadowLevel, readonly [string, Colour]>> = {
  block: ['FAILS', 'red'],
  warn: ['hidden', 'yellow'],
  info: ['info', 'grey'],
};

const said: Readonly<Record<ShadowClass, string>> = {
  state: "only the service's",
  redundant: 'as in the image',
  'stale-copy-up': 'old content kept over a new one',
  'local-edit': 'changed here, not in the image',
  conflict: 'changed here and in the image',
  collision: 'made here, new in the image',
  'hidden-update': 'deleted here, not in the image',
  'hidden-subtree': 'a directory made anew over that of the image',
  'type-mismatch': 'another kind than in the image',
  unsupported: 'attributes that tie it to one image',
};

/** `running`, `next`: names of the images. Several lines, no trailing newline. */
export function shadowText(
  rack: string,
  running: string,
  next: string,
  report: ShadowReport,
  style: Style,
): string {
  const { findings, levels, counts } = report;
  const lines = [`${paint(style, 'bold', rack)}: its writable layer under ${next} (${running} runs)`];
  if (findings.length > 0) lines.push(table(findings.map((finding) => row(finding, style))));
  const more = levels.block + levels.warn + levels.info - findings.length;
  if (more > 0) lines.push(`and ${more} more`);
  const counted = shadowClasses.filter((name) => counts[name] > 0);
  if (counted.length > 0)
    lines.push(counted.map((name) => `${counts[name]} ${name} (${said[name]})`).join(', '));
  lines.push(verdict(rack, report, style));
  if (!report.complete) lines.push(paint(style, 'yellow', `not complete: ${report.why}`));
  return lines.join('\n');
}

const marks = { drop: 'dropped', refresh: 'refreshed' } as const;

function row(finding: ShadowFinding, style: Style): string[] {
  const [word, colour] = words[finding.level];
  const mark = finding.action === 'keep' ? word : marks[finding.action];
  return [paint(style, colour, mark), finding.class, finding.path, finding.detail];
}

function verdict(rack: string, { findings, levels, drops }: ShadowReport, style: Style): string {
  const dropped = dropsText(drops)
    .map((text) => `; ${text}`)
    .join('');
  if (levels.block > 0)
    return paint(
      style,
      'red',
      `a rollout would fail before anything is stopped: reset them (rackops shadow reset ${rack} PATH), or allow them in rollout.shadow${dropped}`,
    );
  if (levels.warn > 0 || findings.some(hidesNews))
    return `${levels.warn} hide what the image brings; a rollout goes on${dropped}`;
  return `nothing of the image is hidden${dropped}`;
}
