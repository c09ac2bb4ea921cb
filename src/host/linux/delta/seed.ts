/** Which image that is here already is likely to have most of a new one in it. Pure; a wrong guess costs a read. */
import { type ImageRef, imageSeries } from '../../../model/index.js';
import type { ImageFile } from '../../image-ports.js';

/** `present`: what the rack runs now, which comes first; else the newest file of the same series. Null when there is nothing to begin from. */
export function chooseSeed(
  image: ImageRef,
  present: ImageRef | null,
  files: readonly ImageFile[],
): ImageFile | null {
  const others = files.filter(({ sha256 }) => sha256 !== image.sha256);
  const running = others.find(
    ({ file, sha256 }) => present !== null && (sha256 === present.sha256 || file === present.file),
  );
  if (running !== undefined) return running;
  const series = imageSeries(image.file);
  const [newest] = others
    .filter(({ file }) => file !== null && imageSeries(file) === series)
    .sort((a, b) => b.sinceMs - a.sinceMs || (a.path < b.path ? -1 : 1));
  return newest ?? null;
}
