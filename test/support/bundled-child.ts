/** The process that fetches one image, for tests that kill it: one file of plain JavaScript, because compiling TypeScript at each start would be most of the time. */
import { resolve } from 'node:path';
import { bundle, requireBanner } from '../../scripts/bundle.js';

/** Path of it; below the project, because koffi is looked up from there. */
export function bundleFetchChild(): string {
  const outfile = resolve('node_modules', '.cache', 'rackops', `fetch-child-${process.pid}.mjs`);
  bundle('test/support/fetch-child.ts', 'esm', `--outfile=${outfile}`, requireBanner);
  return outfile;
}
