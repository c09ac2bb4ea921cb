/** What the `image` commands print of a file: the same shape in all of them. */
import type { Retention } from '../reconciler/index.js';
import type { ImageLine } from '../report/index.js';

export function imageLine({ file, needs, reason, stays }: Retention): ImageLine {
  const of = (role: string): readonly string[] =>
    needs.flatMap((need) => (need.role === role && need.rack !== null ? [need.rack] : []));
  return {
    file: file.names[0] ?? null,
    sha256: file.sha256,
    path: file.path,
    sizeBytes: file.sizeBytes,
    since: new Date(file.sinceMs).toISOString(),
    ours: file.ours,
    mounted: file.isMounted,
    racks: { runs: of('runs'), rollout: of('rollout'), desired: of('desired'), previous: of('previous') },
    stays,
    reason,
  };
}
