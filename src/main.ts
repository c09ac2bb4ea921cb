#!/usr/bin/env node
/**
 * The composition root: builds the real adapters from the host's configuration and hands them to the command line. Nothing imports it, and it decides
 * nothing.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { pollProblem } from './agent/index.js';
import { type Machine, type Program, printNote, runCli } from './cli/index.js';
import { parseHostConfig } from './definition/index.js';
import { withFaults } from './host/index.js';
import {
  bootId,
  createImageTools,
  createLinuxHost,
  ensureDirectories,
  readConfigFile,
} from './host/linux/index.js';
import { digestOfValue } from './lib/index.js';
import {
  type HostConfig,
  hostPath,
  isError,
  layoutOf,
  problemLine,
  RackError,
  under,
} from './model/index.js';
import { progressLine } from './report/index.js';
import { createMirror, endOrphanedGit } from './source/index.js';
import { acquireLock, lockHolder, openStore, readBlob, readStore } from './store/index.js';
import { createLog } from './telemetry/index.js';

/**
 * Bytes of bytecode that a function runs through before V8 compiles it as fast code: ten times V8's own measure. A command ends soon, an agent waits nearly always: compiling again what has run for a
 * moment only takes the processors from what is started meanwhile: a tenth of what a first `sync` of 50 racks takes itself.
 */
const compiledAgainAfterBytes = 1_500_000;
setFlagsFromString(`--interrupt-budget=${compiledAgainAfterBytes}`);

// V8 doubles its space for young objects up to 16 MB whenever a pass makes some, and keeps it: 25 MB for an agent that waits nearly always. There, what a pass makes is
// collected a little more often instead.
if (process.argv.includes('agent')) {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--optimize-for-size');
}

const keeperProgram = hostPath(fileURLToPath(new URL('./keeper.js', import.meta.url)));

async function openMachine(path: string): Promise<Machine> {
  const { config, warnings } = await loadConfig(path);
  const layout = layoutOf(config);
  const linux = createLinuxHost({
    config,
    layout,
    keeperProgram,
    blob: (sha256) => readBlob(layout.state, sha256),
  });
  const { url, branch, path: folder, auth, timeoutMs } = config.repository;
  const mirrorDirectory = under(layout.state, 'mirror');
  const lockPath = under(layout.run, 'lock');
  const source: Machine['source'] = (emit) =>
    createMirror({
      directory: mirrorDirectory,
      url,
      branch,
      auth,
      timeoutMs,
      runDirectory: layout.run,
      emit,
    });
  return {
    config,
    warnings,
    layout,
    host: withFaults('', linux.host),
    controlPath: under(layout.run, 'agent.sock'),
    sourceDigest: digestOfValue({ url: url.url, branch, folder }),
    source,
    readableStore: () => readStore(layout.state),
    openStore: async (emit) => withFaults('store', await openStore({ directory: layout.state, emit })),
    lock: async (command, timeoutMs) => {
      // Every process of ours that works on a host can be told by the run directory in its arguments.
      process.title = `rackops ${command} ${layout.run}`;
      await ensureDirectories(layout);
      // Found out while Git is asked; whoever needs it says why it does not work.
      if (command === 'sync' || command === 'agent') void linux.findRuntime().catch(() => {});
      // A git of a killed agent may still hold the inherited lock; it belongs to nobody.
      await endOrphanedGit(mirrorDirectory);
      return acquireLock({ path: lockPath, command, bootId: await bootId(), timeoutMs });
    },
    lockHolder: () => lockHolder(lockPath),
    exec: linux.exec,
    followOutput: linux.followOutput,
    doctor: () => linux.doctor(() => source(() => {}).tip()),
  };
}

async function loadConfig(path: string): Promise<{ config: HostConfig; warnings: Machine['warnings'] }> {
  const file = hostPath(path.startsWith('/') ? path : `${process.cwd()}/${path}`);
  const { config, problems } = parseHostConfig(await readConfigFile(file), file);
  if (config === null) {
    const lines = problems.filter(isError).map(problemLine);
    throw new RackError('E_CONFIG', `cannot use the configuration:\n  ${lines.join('\n  ')}`, {
      hint: 'correct the file; nothing was changed',
    });
  }
  const poll = pollProblem(config.repository.poll);
  if (poll !== null) {
    throw new RackError('E_CONFIG', `cannot use repository.poll of ${file}: ${poll}`, {
      hint: 'the default is "*/30 * * * * *"',
    });
  }
  return { config, warnings: problems };
}

const packageFile = new URL('../package.json', import.meta.url);
const { version }: { version: string } = JSON.parse(readFileSync(packageFile, 'utf8'));

const program: Program = {
  version,
  images: createImageTools(),
  openMachine,
  createLog: (level) => createLog({ level }),
  createProgress: (style) => (event) => {
    const line = progressLine(event, style);
    if (line !== null) printNote(line);
  },
  now: () => Date.now(),
};

await runCli(process.argv.slice(2), program);
