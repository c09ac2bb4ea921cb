/** Images for people: a table of what is there, what becomes of it and why, and the result of a check. Pure. */
import { formatBytes, formatDurationMs } from '../lib/index.js';
import { type Colour, paint, type Style, table } from './terminal.js';

type Role = 'mounted' | 'runs' | 'rollout' | 'desired' | 'previous';

/** One file, as `image list --json` prints it. */
export interface ImageLine {
  /** Null: no name is known. */
  readonly file: string | null;
  /** Null: never read. */
  readonly sha256: string | null;
  readonly path: string;
  readonly sizeBytes: number;
  /** ISO time at which it came. */
  readonly since: string;
  /** True: rackops copied or fetched it. */
  readonly ours: boolean;
  readonly mounted: boolean;
  readonly racks: { readonly [K in Exclude<Role, 'mounted'>]: readonly string[] };
  readonly stays: boolean;
  readonly reason: Role | 'kept' | 'manual' | 'unneeded' | 'space';
}

const reasons: { readonly [K in ImageLine['reason']]: string } = {
  mounted: 'mounted',
  runs: 'in use',
  rollout: 'a rollout is under way',
  desired: 'desired',
  previous: 'the version before',
  kept: 'kept (images.keep)',
  manual: 'put there by hand',
  unneeded: 'not needed',
  space: 'not needed, space is low',
};

/** `nowMs`: ms since the epoch, for ages. */
export function imagesText(images: readonly ImageLine[], freeBytes: number, nowMs: number): string {
  if (images.length === 0) return 'no images';
  const rows = images.map((image) => [
    image.file ?? '(no name known)',
    image.sha256?.slice(0, 12) ?? '(not read yet)',
    formatBytes(image.sizeBytes),
    formatDurationMs(Math.max(0, nowMs - Date.parse(image.since))),
    image.mounted ? 'yes' : '-',
    racksText(image),
    reasons[image.reason],
    image.path,
  ]);
  const total = images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [
    table([['IMAGE', 'SHA256', 'SIZE', 'AGE', 'MOUNTED', 'RACKS', 'WHY', 'WHERE'], ...rows]),
    '',
    `${images.length} image(s), ${formatBytes(total)}; ${formatBytes(freeBytes)} free`,
  ].join('\n');
}

function racksText({ racks }: ImageLine): string {
  const parts = (['runs', 'rollout', 'desired', 'previous'] as const).flatMap((role) =>
    racks[role].length === 0 ? [] : [`${role}: ${racks[role].join(', ')}`],
  );
  return parts.length === 0 ? '-' : parts.join('; ');
}

/** What a prune deleted, or would. */
export function prunedText(images: readonly ImageLine[], isDryRun: boolean): string {
  if (images.length === 0) return isDryRun ? 'nothing would be deleted' : 'nothing to delete';
  const bytes = images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const lines = images.map(
    ({ file, path, sizeBytes, reason }) =>
      `- ${file ?? '(no name known)'}  ${formatBytes(sizeBytes)}  ${reasons[reason]}  ${path}`,
  );
  return [...lines, `${isDryRun ? 'would free' : 'freed'} ${formatBytes(bytes)}`].join('\n');
}

export interface CheckLine {
  readonly file: string;
  readonly path: string;
  readonly result: 'good' | 'damaged' | 'unknown';
  readonly damage: {
    readonly racks: readonly string[];
    readonly message: string;
    readonly hint: string;
  } | null;
}

const colours: { readonly [K in CheckLine['result']]: Colour } = {
  good: 'green',
  damaged: 'red',
  unknown: 'yellow',
};

export function checkText(checked: readonly CheckLine[], style: Style): string {
  if (checked.length === 0) return 'no images to verify';
  const rows = checked.map(({ result, file, path }) => [paint(style, colours[result], result), file, path]);
  const damaged = checked.flatMap(({ file, damage }) => {
    if (damage === null) return [];
    const users = damage.racks.length === 0 ? '' : ` (racks: ${damage.racks.join(', ')})`;
    return [`${file}${users}: ${damage.message} - ${damage.hint}`];
  });
  const verdict =
    damaged.length === 0
      ? `${checked.length} image(s), none damaged`
      : `${damaged.length} of ${checked.length} image(s) damaged; no rack was touched`;
  return [table(rows), '', ...damaged, verdict].join('\n');
}
