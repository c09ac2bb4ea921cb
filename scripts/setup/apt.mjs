// Installs missing OS packages with apt-get (Debian, Ubuntu). On anything else it names what is missing and stops.
// Never removes or upgrades a package, and never lets a daemon start because its package was installed here.
// @ts-check
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isThere, run, SetupError, say } from './run.mjs';

const aptEnv = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
/** Another apt may hold the lock (unattended upgrades): two minutes are enough for most of its runs. */
const aptOptions = [
  '-q',
  '-y',
  '-o',
  'DPkg::Lock::Timeout=120',
  '-o',
  'Acquire::Retries=3',
  '-o',
  'Dpkg::Use-Pty=0',
];
const attempts = 3;
const policyFile = '/usr/sbin/policy-rc.d';

/**
 * Every required package of the list is there afterwards. Optional ones are tried together with them, and left out when they do not exist here.
 * @param {readonly import('./packages.mjs').OsPackage[]} wanted
 * @returns {Promise<void>}
 */
export async function ensureOsPackages(wanted) {
  const missing = wanted.filter((item) => !isThere(item.provides));
  const required = missing.filter((item) => !item.optional);
  if (missing.length === 0) return;
  const canInstall = process.getuid?.() === 0 && isThere('apt-get');
  if (!canInstall) {
    if (required.length === 0) return;
    throw new SetupError(cannotInstall(required));
  }
  say(`installing ${missing.map((item) => item.name).join(', ')}`);
  await retry('read the package lists', () => apt(['update']));
  const optional = missing.filter((item) => item.optional && isKnown(item.name));
  await withoutStartingDaemons(missing, () =>
    retry('install the packages', () =>
      apt(['install', '--no-install-recommends', ...[...required, ...optional].map((item) => item.name)]),
    ),
  );
  const still = required.filter((item) => !isThere(item.provides));
  if (still.length > 0) {
    throw new SetupError(`installed, but still not there: ${still.map((item) => item.provides).join(', ')}`);
  }
}

/** @param {readonly import('./packages.mjs').OsPackage[]} required */
function cannotInstall(required) {
  const list = required.map((item) => `  ${item.name} (${item.provides}): ${item.why}`).join('\n');
  const how = isThere('apt-get')
    ? 'run this as root, or install them yourself'
    : 'this set-up installs with apt-get only (Debian, Ubuntu): install them with the package manager of this system, or use Dockerfile.dev';
  return `these programs are missing:\n${list}\n${how}`;
}

/** @param {readonly string[]} args */
function apt(args) {
  return run('apt-get', [...aptOptions, ...args], { env: aptEnv });
}

/** @param {string} name */
function isKnown(name) {
  const result = run('apt-cache', ['policy', name], { env: aptEnv });
  return /^ {2}Candidate: (?!\(none\))/m.test(result.output);
}

/**
 * @param {string} what
 * @param {() => { ok: boolean, output: string }} attempt
 */
async function retry(what, attempt) {
  for (let tries = 1; ; tries++) {
    const result = attempt();
    if (result.ok) return;
    if (tries === attempts)
      throw new SetupError(`cannot ${what} after ${attempts} attempts:\n${result.output}`);
    say(`cannot ${what} yet, trying again in ${tries * 3} s`);
    await sleep(tries * 3_000);
  }
}

/**
 * invoke-rc.d asks policy-rc.d before it starts anything; 101 means "not now". Units that a package enabled for the next boot are disabled again.
 * @param {readonly import('./packages.mjs').OsPackage[]} packages
 * @param {() => Promise<void>} install
 */
async function withoutStartingDaemons(packages, install) {
  const services = packages.filter((item) => item.service);
  const ours = services.length > 0 && !existsSync(policyFile);
  if (ours) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    if (ours) rmSync(policyFile, { force: true });
  }
  if (services.some((item) => item.name === 'openssh-server') && existsSync('/run/systemd/system')) {
    run('systemctl', ['disable', '--now', 'ssh.service', 'ssh.socket']);
    say('openssh-server is there for the tests only: its own service was not started and is disabled');
  }
}
