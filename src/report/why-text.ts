/** `why` and `history` for people: what happened to a rack, in few lines, with the evidence. Pure. */
import { escapeControl, formatDurationMs } from '../lib/index.js';
import type { HistoryEntry, ProbeResult, RackStatus } from '../model/index.js';
import { paint, type Style, table } from './terminal.js';

/** What `why` needs of the evidence. */
export interface WhyEvidence {
  readonly at: string;
  readonly image: { readonly file: string };
  readonly failure: { readonly reason: string; readonly message: string; readonly phase: string };
  readonly phases: readonly { readonly phase: string; readonly durationMs: number }[];
  readonly probes: readonly (ProbeResult & { readonly service: string })[];
  readonly output: Readonly<Record<string, readonly string[]>>;
  readonly changed?: { readonly files: readonly string[]; readonly complete: boolean };
}

/** `why` is read in one look: ten lines, so a few of each. */
const lastLines = 2;
const shownFiles = 3;

export function whyText(
  rack: RackStatus,
  explanation: readonly string[],
  evidence: WhyEvidence | null,
  history: readonly HistoryEntry[],
  style: Style,
): string {
  const running =
    rack.image === null
      ? 'nothing runs'
      : `${rack.image.file} runs (generation ${rack.generation}, ${rack.health})`;
  const lines = [`${paint(style, 'bold', rack.name)}: ${rack.condition}/${rack.reason}; ${running}`];
  if (rack.message !== '') lines.push(`  ${rack.message}`);
  for (const message of explanation) if (message !== rack.message) lines.push(`  ${message}`);
  if (evidence !== null) lines.push(...evidenceLines(evidence));
  const last = history.at(-1);
  if (last !== undefined) lines.push(`last change: ${historyRow(last).join('  ').trim()}`);
  return lines.join('\n');
}

function evidenceLines(evidence: WhyEvidence): string[] {
  const { failure, probes, phases, output } = evidence;
  const lines = [
    `last failure: ${evidence.image.file} at ${evidence.at}, phase ${failure.phase}: ${failure.reason}, ${failure.message}`,
  ];
  if (phases.length > 0)
    lines.push(`  phases: ${phases.map((p) => `${p.phase} ${formatDurationMs(p.durationMs)}`).join(', ')}`);
  for (const probe of probes.slice(-2)) {
    lines.push(
      `  probe of ${probe.service}: ${probe.result}, ${escapeControl(probe.message)}${probe.body ? `: ${escapeControl(probe.body.slice(0, 120))}` : ''}`,
    );
  }
  for (const [service, text] of Object.entries(output)) {
    // What it said itself tells more than what the supervisor says of it.
    const own = text.filter((line) => !/^\S+ sys /.test(line));
    const told = own.length > 0 ? own : text;
    for (const line of told.slice(-lastLines)) lines.push(`  ${service}: ${escapeControl(line)}`);
  }
  if (evidence.changed !== undefined) lines.push(`  ${changedText(evidence.changed)}`);
  return lines;
}

function changedText({ files, complete }: NonNullable<WhyEvidence['changed']>): string {
  if (files.length === 0) return 'it wrote no file';
  const rest = files.length - shownFiles;
  const more = rest > 0 ? `, and ${complete ? rest : `${rest} or more`} others` : '';
  return `it wrote ${files.slice(0, shownFiles).join(', ')}${more}`;
}

/** One line an entry, oldest first. */
export function historyText(entries: readonly HistoryEntry[]): string {
  if (entries.length === 0) return 'nothing happened here yet';
  return table([['AT', 'RACK', 'EVENT', 'IMAGE', 'REVISION', 'TOOK', 'WHY'], ...entries.map(historyRow)]);
}

function historyRow(entry: HistoryEntry): string[] {
  const { fromImage, toImage } = entry;
  const change =
    fromImage !== null && toImage !== null && fromImage.sha256 !== toImage.sha256
      ? `${fromImage.file} -> ${toImage.file}`
      : (toImage?.file ?? fromImage?.file ?? '-');
  return [
    entry.at,
    entry.rack,
    entry.event,
    change,
    entry.revision?.slice(0, 12) ?? '-',
    formatDurationMs(entry.durationMs),
    [entry.reason, entry.message].filter((text) => text !== '').join(': '),
  ];
}
