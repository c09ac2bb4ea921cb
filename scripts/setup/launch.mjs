// Starts a story (the demo, the hosting example) as a child once the machine is set up. Plain Node, because on a fresh clone nothing else is there yet.
// Says clearly what to do where it cannot run: without root, or elsewhere than on Linux.
// @ts-check
import { spawn } from 'node:child_process';
import { exitWithSetupError, setUp } from '../setup.mjs';
import { projectRoot } from './run.mjs';

/**
 * @param {{ name: string, script: string }} story name for messages (`npm run NAME`); script relative to the checkout. Arguments of this process go on to it.
 * @returns {Promise<void>} ends this process with the story's exit code
 */
export async function launch({ name, script }) {
  const impossible =
    process.platform !== 'linux'
      ? `${name} mounts images and starts services, which needs Linux: this is ${process.platform}`
      : process.getuid?.() !== 0
        ? `${name} mounts images and starts services: run it as root (sudo npm run ${name})`
        : null;
  if (impossible !== null) {
    process.stderr.write(
      `${impossible}\nor in a container, as Dockerfile.dev in this directory says in its first lines\n`,
    );
    process.exit(1);
  }
  await setUp().catch(exitWithSetupError);
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...process.argv.slice(2)], {
    cwd: projectRoot,
    stdio: 'inherit',
  });
  // The story itself hears the signal too, and cleans up: the launcher waits for that.
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (signal !== 'SIGINT') child.kill(signal);
    });
  }
  child.once('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}
