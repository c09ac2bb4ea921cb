/** The report of a pass for people: what was done, what was not and why. Pure. */
import { formatDurationMs } from '../lib/index.js';
import type { PassReport, RackOutcome } from '../model/index.js';
import { problemsText } from './problems.js';
import { statusText } from './status-text.js';
import { type Colour, paint, type Style } from './terminal.js';

const words: { readonly [K in RackOutcome['outcome']]: { readonly word: string; readonly colour: Colour } } =
  {
    done: { word: 'done', colour: 'green' },
    'rolled-back': { word: 'ROLLED BACK', colour: 'red' },
    failed: { word: 'FAILED', colour: 'red' },
    waiting: { word: 'waiting', colour: 'yellow' },
  };

export function passText(report: PassReport, style: Style, nowMs: number): string {
  const lines: string[] = [];
  for (const rack of report.racks) {
    const { word, colour } = words[rack.outcome];
    const message = rack.message === '' ? '' : `: ${rack.message}`;
    lines.push(
      `${paint(style, colour, word)} ${rack.action} ${rack.rack} in ${formatDurationMs(rack.durationMs)}${message}`,
    );
  }
  if (lines.length > 0) lines.push('');
  if (report.sourceError !== null) {
    const { code, message, hint } = report.sourceError;
    lines.push(`${paint(style, 'red', code)}: ${message} - ${hint}`, '');
  }
  lines.push(statusText({ ...report.status, problems: [], sourceError: null }, style, nowMs));
  if (report.problems.length > 0) lines.push('', problemsText(report.problems, null));
  return lines.join('\n');
}
