/** The findings of `doctor` in one screen. Pure. */
import { type Colour, paint, type Style, table } from './terminal.js';

export interface DoctorFinding {
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'missing';
  readonly message: string;
  readonly action: string;
}

const colours: { readonly [K in DoctorFinding['level']]: Colour } = {
  ok: 'green',
  warning: 'yellow',
  missing: 'red',
};

export function doctorText(findings: readonly DoctorFinding[], style: Style): string {
  const rows = findings.map(({ check, level, message, action }) => [
    paint(style, colours[level], level),
    check,
    action === '' ? message : `${message} - ${action}`,
  ]);
  const missing = findings.filter((finding) => finding.level === 'missing').length;
  const verdict =
    missing === 0
      ? 'this host is able to run racks'
      : `${missing} thing(s) missing: this host cannot run racks yet`;
  return [table(rows), '', verdict].join('\n');
}
