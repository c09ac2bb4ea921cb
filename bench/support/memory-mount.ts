/** What is in /run on a host is in memory: systemd mounts a tmpfs there, and every contender's run directory is on one here. */
import { mkdirSync } from 'node:fs';
import { run } from './run.js';

/** A tmpfs is mounted at `directory`; whoever ends the measurement unmounts it with all else below its own directory. */
export async function mountMemory(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  await run('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'rackops-bench', directory]);
}
