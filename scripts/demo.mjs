#!/usr/bin/env node
// `npm run demo`: gets this machine ready, then tells the story in scripts/demo/. Plain Node, because on a fresh clone nothing else is there yet.
// Says clearly what to do where the demo cannot run: without root, or elsewhere than on Linux.
// @ts-check
import { spawn } from 'node:child_process';
import { projectRoot } from './setup/run.mjs';
import { exitWithSetupError, setUp } from './setup.mjs';

const impossible =
  process.platform !== 'linux'
    ? `the demo mounts images and starts services, which needs Linux: this is ${process.platform}`
    : process.getuid?.() !== 0
      ? 'the demo mounts images and starts services: run it as root (sudo npm run demo)'
      : null;
if (impossible !== null) {
  process.stderr.write(
    `${impossible}\nor in a container, as Dockerfile.dev in this directory says in its first lines\n`,
  );
  process.exit(1);
}

await setUp().catch(exitWithSetupError);
const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/demo/main.ts', ...process.argv.slice(2)], {
  cwd: projectRoot,
  stdio: 'inherit',
});
// The demo itself hears the signal too, and cleans up: the launcher waits for that.
for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    if (signal !== 'SIGINT') child.kill(signal);
  });
}
child.once('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
