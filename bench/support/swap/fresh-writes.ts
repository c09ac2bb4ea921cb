/** Fresh writes in a writable layer: pages that nobody has written to disk yet, as a download just before a swap leaves them. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../run.js';

const chunk = randomBytes(1_048_576);

export async function writeFresh(directory: string, megabytes: number): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const file = await open(join(directory, 'fresh'), 'w');
  try {
    for (let count = 0; count < megabytes; count++) await file.write(chunk);
  } finally {
    await file.close();
  }
}

/** Nothing is left to be written, of this or of any other contender. */
export async function settleDisk(directory: string): Promise<void> {
  await rm(join(directory, 'fresh'), { force: true });
  await run('sync', []);
}
