/**
 * The time of everything in an image that the build itself made or changed. Not the time of the build, which would be another at each; nor the same for all images: a web server tells browsers by size and time whether they may
 * keep a page, and would have them keep the old page after an upgrade. So it follows from the content. Pure. docs/adr/0016.
 */

/** 1 January 2020, 00:00 UTC, s since the epoch. 1970 looks like a fault, and some archives cannot hold it. */
const firstSecond = 1_577_836_800;
/** Some three years: two contents hardly ever share a second, and no clock is so wrong that files of an image are from the future. */
const span = 100_000_000;

/** s since the epoch, for the sha256 of a manifest (64 hex digits). */
export function contentTime(manifestSha256: string): number {
  return firstSecond + (Number.parseInt(manifestSha256.slice(0, 12), 16) % span);
}
