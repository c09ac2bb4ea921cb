#!/usr/bin/env node
// Tries Dockerfile.dev on this machine: makes a base out of Debian packages and this machine's node, builds the image, runs the demo in it.
// Runs a docker daemon of its own, with all its files in one directory and no bridge and no packet filter rules, and ends it afterwards. Not part of `npm test`.
// Usage: node scripts/try-docker.mjs [COMMAND …]; default: npm run demo.
// @ts-check
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureOsPackages } from './setup/apt.mjs';
import { osPackages } from './setup/packages.mjs';
import { mustRun, projectRoot, run, SetupError, say } from './setup/run.mjs';
import { exitWithSetupError, setUp } from './setup.mjs';

const directory = '/var/tmp/rackops-try-docker';
const socket = `unix://${directory}/docker.sock`;
const baseImage = 'rackops-try-base';
const devImage = 'rackops-try-dev';

try {
  process.exitCode = await tryDocker(process.argv.slice(2));
} catch (error) {
  exitWithSetupError(error);
}

/** @param {readonly string[]} command @returns {Promise<number>} its exit code */
async function tryDocker(command) {
  if (process.getuid?.() !== 0) throw new SetupError('starting a docker daemon needs root');
  await setUp({ build: false });
  await ensureOsPackages([
    {
      name: 'docker.io',
      provides: '/usr/sbin/dockerd',
      use: 'test',
      service: true,
      why: 'tries Dockerfile.dev',
    },
  ]);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const daemon = await startDaemon();
  try {
    if (!docker(['image', 'inspect', baseImage]).ok) importBase();
    say('building the image of Dockerfile.dev');
    show([
      'build',
      '--network=host',
      '--build-arg',
      `BASE=${baseImage}`,
      '--tag',
      devImage,
      '--file',
      'Dockerfile.dev',
      '.',
    ]);
    say('running it');
    const options = ['--rm', '--init', '--network=host', '--volume', '/dev:/dev', ...privileges()];
    return show(['run', ...options, devImage, ...command], false);
  } finally {
    daemon.kill('SIGTERM');
    await new Promise((resolve) => daemon.once('exit', resolve));
    say(`docker's files are in ${directory}: delete it when you are done`);
  }
}

/**
 * `--privileged` wants every capability there is, and fails where this machine itself has fewer (it may be a container): then the same is asked for
 * piece by piece, without the one that is not there.
 * @returns {readonly string[]}
 */
function privileges() {
  const bounding = BigInt(
    `0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`,
  );
  const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
  const lacking = Array.from({ length: last + 1 }, (_, bit) => bit).filter(
    (bit) => ((bounding >> BigInt(bit)) & 1n) === 0n,
  );
  if (lacking.length === 0) return ['--privileged'];
  const sysResource = 24;
  if (lacking.some((bit) => bit !== sysResource)) {
    throw new SetupError(
      'this machine lacks capabilities that mounting images may need: see CapBnd in /proc/self/status',
    );
  }
  return [
    '--cap-add=ALL',
    '--cap-drop=SYS_RESOURCE',
    '--security-opt=seccomp=unconfined',
    '--security-opt=systempaths=unconfined',
    '--device-cgroup-rule=a *:* rwm',
    '--volume=/sys/fs/cgroup:/sys/fs/cgroup:rw',
  ];
}

/** A daemon that changes nothing of this machine's network: containers use the host's. */
async function startDaemon() {
  rmSync(join(directory, 'docker.pid'), { force: true });
  const log = openSync(join(directory, 'dockerd.log'), 'w');
  const options = {
    host: socket,
    'data-root': join(directory, 'data'),
    'exec-root': join(directory, 'exec'),
    pidfile: join(directory, 'docker.pid'),
    bridge: 'none',
    iptables: 'false',
    ip6tables: 'false',
    'ip-forward': 'false',
    'ip-masq': 'false',
  };
  const args = Object.entries(options).map(([key, value]) => `--${key}=${value}`);
  const daemon = spawn('/usr/sbin/dockerd', args, { stdio: ['ignore', log, log] });
  for (let tries = 0; tries < 150; tries++) {
    if (daemon.exitCode !== null) break;
    if (docker(['info']).ok) return daemon;
    await sleep(200);
  }
  daemon.kill('SIGTERM');
  const said = readFileSync(join(directory, 'dockerd.log'), 'utf8').split('\n').slice(-10).join('\n');
  throw new SetupError(`the docker daemon did not start:\n${said}`);
}

/** Debian's essential packages with apt, this machine's node and npm, and its certificates: what a base with Node 20 has. */
function importBase() {
  say('making a base image out of Debian packages and this machine’s node');
  const tree = join(directory, 'base');
  rmSync(tree, { recursive: true, force: true });
  const include = [
    'ca-certificates',
    ...osPackages.filter((item) => !item.optional).map((item) => item.name),
  ];
  const sources = sourcesOfThisHost();
  mustRun('make the base', 'mmdebstrap', [
    '--mode=root',
    '--variant=minbase',
    `--include=${include.join(',')}`,
    '--quiet',
    sources.suite,
    tree,
    ...sources.files,
  ]);
  const npm = dirname(dirname(run('readlink', ['-f', run('which', ['npm']).output]).output));
  cpSync(process.execPath, join(tree, 'usr/bin/node'));
  cpSync(npm, join(tree, 'usr/lib/node_modules/npm'), { recursive: true });
  writeFileSync(
    join(tree, 'usr/bin/npm'),
    '#!/bin/sh\nexec node /usr/lib/node_modules/npm/bin/npm-cli.js "$@"\n',
    { mode: 0o755 },
  );
  const certificates = '/etc/ssl/certs/ca-certificates.crt';
  cpSync(certificates, join(tree, certificates));
  const archive = join(directory, 'base.tar');
  mustRun('pack the base', 'tar', ['-C', tree, '-cf', archive, '.']);
  const change = `ENV NODE_EXTRA_CA_CERTS=${certificates}`;
  const result = docker(['import', '--change', change, archive, baseImage]);
  if (!result.ok) throw new SetupError(`cannot import the base: ${result.output}`);
  rmSync(tree, { recursive: true, force: true });
  rmSync(archive, { force: true });
}

/** @returns {{ suite: string, files: string[] }} where apt gets this distribution's packages from */
function sourcesOfThisHost() {
  const suite = /^VERSION_CODENAME=(.+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (suite === undefined) throw new SetupError('cannot find the release of this system in /etc/os-release');
  const files = [
    '/etc/apt/sources.list.d/debian.sources',
    '/etc/apt/sources.list.d/ubuntu.sources',
    '/etc/apt/sources.list',
  ];
  return { suite, files: files.filter((file) => existsSync(file)).slice(0, 1) };
}

/** @param {readonly string[]} args */
function docker(args) {
  return run('/usr/bin/docker', ['--host', socket, ...args]);
}

/**
 * @param {readonly string[]} args
 * @param {boolean} [must]
 * @returns {number}
 */
function show(args, must = true) {
  const result = spawnSync('/usr/bin/docker', ['--host', socket, ...args], {
    cwd: projectRoot,
    stdio: 'inherit',
  });
  if (must && result.status !== 0) throw new SetupError(`docker ${args[0]} failed`);
  return result.status ?? 1;
}
