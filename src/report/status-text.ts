/** The status for people: a table, and below it what they should know. Pure. */
import { formatBytes, formatDurationMs } from '../lib/index.js';
import { type Condition, problemLine, type RackStatus, type StatusReport } from '../model/index.js';
import { type Colour, paint, type Style, table } from './terminal.js';

const colours: { readonly [K in Condition]: Colour } = {
  Ready: 'green',
  Reconciling: 'blue',
  Failed: 'red',
  Stalled: 'red',
  Suspended: 'yellow',
};

/** `nowMs`: ms since the epoch, for ages. */
export function statusText(status: StatusReport, style: Style, nowMs: number): string {
  const lines = [headLine(status, nowMs), ''];
  if (status.racks.length === 0) lines.push('no racks are defined for this host');
  else {
    lines.push(
      table([
        ['RACK', 'CONDITION', 'IMAGE', 'GEN', 'HEALTH', 'SINCE', 'SERVICES'],
        ...status.racks.map((rack) => rackRow(rack, style, nowMs)),
      ]),
    );
  }
  if (status.sourceError !== null) {
    const { code, message, hint } = status.sourceError;
    lines.push('', `${paint(style, 'red', code)}: ${message} - ${hint}`);
  }
  const passed = passedByHead(status);
  if (passed !== null) lines.push('', `${paint(style, 'yellow', 'signatures')}: ${passed}`);
  const notes = status.racks.filter((rack) => rack.message !== '' && rack.condition !== 'Ready');
  if (notes.length > 0) {
    lines.push('');
    for (const rack of notes)
      lines.push(`${paint(style, colours[rack.condition], rack.name)}: ${rack.message}`);
  }
  if (status.images.damaged.length > 0) {
    lines.push('', 'Damaged images:');
    for (const { file, message, hint } of status.images.damaged)
      lines.push(`  ${paint(style, 'red', file)}: ${message} - ${hint}; then: rackops image verify`);
  }
  if (status.problems.length > 0) {
    lines.push('', 'Problems:');
    for (const problem of status.problems) {
      lines.push(
        `  ${paint(style, problem.severity === 'error' ? 'red' : 'yellow', problem.severity)} ${problemLine(problem)}`,
      );
    }
  }
  if (status.retainedData.length > 0) {
    lines.push('', 'Data of removed racks:');
    for (const data of status.retainedData) {
      lines.push(
        `  ${data.name}  ${formatBytes(data.bytes)}  ${data.path}  (delete with: rackops purge ${data.name})`,
      );
    }
  }
  return lines.join('\n');
}

/** Null unless the tip's signature let commits pass that have none. */
function passedByHead({ signatures }: StatusReport): string | null {
  if (signatures === null || signatures.unsigned === 0) return null;
  const { revision, unsigned, firstUnsigned } = signatures;
  return `${revision.slice(0, 12)} is signed; ${unsigned} commit(s) that came with it are not (${firstUnsigned}), and repository.verify.mode head lets them pass`;
}

function headLine(status: StatusReport, nowMs: number): string {
  const { lastPass } = status;
  const pass =
    lastPass === null ? 'no pass yet' : `last pass ${age(lastPass.endedAt, nowMs)} ago: ${lastPass.result}`;
  const revision = status.revision === null ? 'no revision yet' : `revision ${status.revision.slice(0, 12)}`;
  const agent = status.agent === null ? 'no agent runs' : `${status.agent.command} (pid ${status.agent.pid})`;
  return `${status.host}: ${revision}, ${pass}, ${agent}`;
}

function rackRow(rack: RackStatus, style: Style, nowMs: number): string[] {
  const image = rack.image?.file ?? '-';
  const pending =
    rack.desiredImage !== null && rack.desiredImage.sha256 !== rack.image?.sha256
      ? ` -> ${rack.desiredImage.file}`
      : '';
  const services = rack.services
    .map(
      (service) =>
        `${service.name}:${service.state}${service.restarts > 0 ? `(${service.restarts} restarts)` : ''}`,
    )
    .join(' ');
  return [
    rack.name,
    paint(
      style,
      colours[rack.condition],
      rack.condition === 'Ready' ? 'Ready' : `${rack.condition}/${rack.reason}`,
    ),
    `${image}${pending}`,
    rack.generation === null ? '-' : String(rack.generation),
    rack.health,
    rack.since === null ? '-' : age(rack.since, nowMs),
    services,
  ];
}

function age(iso: string, nowMs: number): string {
  return formatDurationMs(Math.max(0, nowMs - Date.parse(iso)));
}
