/**
 * The throw-away file system that a rehearsal writes to: a sparse file beside the writable layers, of limited size, so that whatever the new version does it fills that and not
 * the disk; on disk, so that it does not fill the memory either. ext4 without a journal: nothing of it is ever to survive.
 */
import { closeSync } from 'node:fs';
import { mkdir, open, readdir, stat, statfs } from 'node:fs/promises';
import { attachLoop, MS_NOATIME, MS_NODEV, MS_NOSUID, mount } from '../../kernel/index.js';
import { formatBytes, oneAtATime } from '../../lib/index.js';
import {
  type Layout,
  RackError,
  type RehearsalPaths,
  rehearsalPaths,
  rehearsalsPath,
} from '../../model/index.js';
import { runProgram } from './programs.js';

/** A service that writes more than this in a rehearsal tells us nothing that the first gigabyte did not. */
const maxBytes = 1_024 * 1_048_576;
/** Below this not even a small service could start. */
const minBytes = 64 * 1_048_576;
/** Of the free space: the live services must never miss what a rehearsal takes. */
const share = 4;
/** ext4 refuses to write while it still counts some blocks as free (measured: 0.5 MiB of 64): less than this, or than one in so many, is full. */
const fullBytes = 1_048_576;
const fullShare = 64;

const inTurn = oneAtATime();

/** The file system is there and mounted at `space`. `limitBytes`: at most so big. Error: E_REHEARSAL. */
export async function makeSpace(layout: Layout, rack: string, limitBytes = maxBytes): Promise<void> {
  const paths = rehearsalPaths(layout, rack);
  // Several racks may begin at the same moment: each sees what the others were promised.
  await inTurn('space', async () => {
    const bytes = Math.min(limitBytes, await budget(layout));
    if (bytes < Math.min(limitBytes, minBytes)) {
      throw new RackError(
        'E_REHEARSAL',
        `too little space for a rehearsal of "${rack}": a quarter of what is free in ${layout.readwrite} is ${formatBytes(bytes)}, want ${formatBytes(minBytes)}`,
        { rack, hint: 'free some space' },
      );
    }
    await mkdir(paths.directory, { recursive: true, mode: 0o700 });
    const file = await open(paths.disk, 'w', 0o600);
    await file.truncate(bytes).finally(() => file.close());
  });
  await format(paths.disk, rack);
  await mountSpace(paths);
}

/** No block or no inode is left. */
export async function isSpaceFull({ space }: RehearsalPaths): Promise<boolean> {
  const { bavail, bsize, blocks, ffree } = await statfs(space);
  return bavail * bsize < Math.max(fullBytes, (blocks * bsize) / fullShare) || ffree === 0;
}

/** Bytes, whole MiB. What other rehearsals were promised and have not used counts as used. */
async function budget(layout: Layout): Promise<number> {
  const { bavail, bsize } = await statfs(layout.readwrite);
  let free = bavail * bsize;
  for (const rack of await readdir(rehearsalsPath(layout)).catch(() => [])) {
    const disk = await stat(rehearsalPaths(layout, rack).disk).catch(() => null);
    if (disk !== null) free -= Math.max(0, disk.size - disk.blocks * 512);
  }
  return Math.max(0, Math.floor(free / share / 1_048_576)) * 1_048_576;
}

async function format(disk: string, rack: string): Promise<void> {
  const features = ['-O', '^has_journal', '-E', 'lazy_itable_init=1,nodiscard'];
  const args = ['-q', '-F', '-m', '0', '-i', '8192', ...features, disk];
  const result = await runProgram('mkfs.ext4', args, { timeoutMs: 30_000 });
  if (result.exitCode === 0) return;
  throw new RackError(
    'E_REHEARSAL',
    `cannot make a file system for a rehearsal of "${rack}": ${result.explain}`,
    {
      rack,
    },
  );
}

async function mountSpace({ disk, space }: RehearsalPaths): Promise<void> {
  await mkdir(space, { recursive: true, mode: 0o700 });
  const file = await open(disk, 'r+');
  try {
    const loop = attachLoop(file.fd, disk, true);
    // The inode tables are not wiped in the background: nobody reads what nobody wrote.
    const options = 'noinit_itable';
    await mount(loop.path, space, 'ext4', MS_NOSUID | MS_NODEV | MS_NOATIME, options).finally(() =>
      closeSync(loop.fd),
    );
  } finally {
    await file.close();
  }
}
