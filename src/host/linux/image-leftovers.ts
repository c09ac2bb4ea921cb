/** What a process that was killed left of its work on images. Others may be at work meanwhile: only what nobody has touched for long goes. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layout, under } from '../../model/index.js';
import { sweepPartials } from './fetch/partial.js';

/** A copy that is being made, or hashed, was written to a moment ago; a signature is there as long as minisign runs, ms. */
const staleMs = 3_600_000;
/** A delta is compared in a directory, which nobody touches while its files grow: so much longer, ms. */
const deltaMs = 86_400_000;

/** Never throws: what cannot be deleted now is tried again another time. */
export async function sweepLeftovers(layout: Layout, nowMs: number): Promise<void> {
  const store = under(layout.iso, '.store');
  await sweepPartials(store, nowMs);
  await sweepStale(store, /^[0-9a-f]{64}\.copying$/, nowMs);
  await sweepStale(store, /^[0-9a-f]{64}\.delta$/, nowMs - deltaMs);
  await sweepStale(layout.state, /^image-\d+-\d+\.minisig$/, nowMs);
}

async function sweepStale(directory: string, form: RegExp, nowMs: number): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((each) => form.test(each))) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && nowMs - found.mtimeMs > staleMs)
      await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}
