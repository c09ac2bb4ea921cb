/** Snapshots of a rack as a table for people. Pure. */
import type { LayerName, Snapshot } from '../model/index.js';

const made: { readonly [K in Snapshot['reason']]: string } = {
  rollout: 'before a rollout',
  create: 'asked for',
  restore: 'set aside by a restore',
};

/** `layers`: those in use, newest first. Several lines, no trailing newline. */
export function snapshotsText(
  rack: string,
  layers: readonly LayerName[],
  snapshots: readonly Snapshot[],
): string {
  const use =
    layers.length === 0 ? `${rack}: no layers` : `${rack}: layers in use, newest first: ${layers.join(', ')}`;
  if (snapshots.length === 0) return `${use}\nno snapshots`;
  const rows = snapshots.map(({ id, at, image, revision, reason }) => [
    id,
    at.replace(/\.\d+Z$/, 'Z'),
    image.file,
    revision.slice(0, 12),
    made[reason],
  ]);
  const table = [['ID', 'SEALED', 'IMAGE', 'COMMIT', 'WHY'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [use, ...lines].join('\n');
}
