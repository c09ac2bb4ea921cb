/**
 * A process that wants the lock, for the lock's tests: `lock-child PATH TIMEOUT_MS MODE`. Prints `held` or the error's message. MODE: `hold` until killed, `release` when a
 * line comes in, `helper` starts a program that inherits everything, prints its pid and goes on holding.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostPath } from '../../../src/model/index.js';
import { acquireLock } from '../../../src/store/index.js';

const [path = '', timeoutMs = '0', mode = 'hold'] = process.argv.slice(2);

async function main(): Promise<void> {
  const command = `test ${mode}`;
  const lock = await acquireLock({
    path: hostPath(path),
    command,
    bootId: 'boot',
    timeoutMs: Number(timeoutMs),
  });
  if (mode === 'helper') {
    const helper = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
    process.stdout.write(`helper ${helper.pid}\n`);
  } else {
    process.stdout.write('held\n');
  }
  await once(process.stdin, 'data');
  await lock.release();
  process.stdout.write('released\n');
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
